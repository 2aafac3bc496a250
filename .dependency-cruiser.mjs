/*
 * Decides which way the arrows point (CONTRIBUTING.md, "Rooms"): who may import whom, as rules for dependency-cruiser.
 * Each rule says why it stands here and what to do when it fires. test/walls/ plants an import against each of them.
 */

/** Files that are not production: they may look everywhere. Builders live in test/. */
const testFiles = '(\\.(test|contract)\\.ts$)'

/** Where a room is entered: its index.ts, or the interface file for connectors and store. */
const doors = [
  '^src/[^/]+/index\\.ts$',
  '^src/connectors/[^/]+/index\\.ts$',
  '^src/connectors/[^/]+\\.ts$',
  '^src/store/store\\.ts$',
  '^src/cli/main\\.ts$',
]

/** What each room may import besides itself. `null` means everything. Rooms inside connectors/ are listed after them. */
const arrows = {
  vocabulary: [],
  tls: ['vocabulary'],
  expressions: ['vocabulary'],
  access: ['vocabulary'],
  provisioning: ['vocabulary', 'expressions'],
  directory: ['vocabulary', 'store/store.ts'],
  store: ['vocabulary'],
  notifications: ['vocabulary', 'store/store.ts'],
  secrets: ['vocabulary', 'store/store.ts'],
  connections: [
    'vocabulary',
    'connectors/target.ts',
    'connectors/scim/index.ts',
    'connectors/slack/index.ts',
    'secrets/index.ts',
    'store/store.ts',
  ],
  accounts: ['vocabulary', 'store/store.ts'],
  cycle: ['vocabulary', 'provisioning', 'connectors/source.ts', 'connectors/target.ts', 'store/store.ts'],
  api: [
    'vocabulary',
    'expressions',
    'access',
    'provisioning',
    'directory',
    'accounts',
    'store/store.ts',
    'cycle/index.ts',
  ],
  cli: ['vocabulary', 'expressions', 'provisioning', 'tls/index.ts', 'settings.ts', 'operator-key.ts'],
}

const whatToDoAboutArrows =
  'The table of CONTRIBUTING.md says what this room may import. Hand the thing in as an argument from src/main.ts, ' +
  'move the noun to vocabulary, or move the decision to the room that may make it.'

/** `src/name.ts` for a file, `src/name/...` for a room. */
const placePattern = (place) => (place.endsWith('.ts') ? `^src/${place.replaceAll('.', '\\.')}$` : `^src/${place}/`)

const arrowRules = Object.entries(arrows).map(([room, allowed]) => ({
  name: `arrow-${room}`,
  severity: 'error',
  comment: `${room} may import ${allowed.length === 0 ? 'nothing' : allowed.join(', ')} of src. ${whatToDoAboutArrows}`,
  from: { path: `^src/${room}/`, pathNot: room === 'cli' ? `${testFiles}|^src/cli/serve\\.ts$` : testFiles },
  to: { path: '^src/', pathNot: [room, ...allowed].map(placePattern) },
}))

const connectorRules = [
  {
    name: 'arrow-connectors',
    severity: 'error',
    comment:
      'Connectors know the vocabulary and the two interfaces, never the engine: another source or target must fit in ' +
      `without a change elsewhere. ${whatToDoAboutArrows}`,
    from: { path: '^src/connectors/', pathNot: testFiles },
    to: {
      path: '^src/',
      pathNot: ['^src/connectors/', '^src/vocabulary/', '^src/directory/index\\.ts$', '^src/store/store\\.ts$'],
    },
  },
  {
    name: 'arrow-connectors-directory',
    severity: 'error',
    comment:
      'Only connectors/directory reads the built-in directory and the store it lies in, and connectors/entra keeps it as a ' +
      'mirror: the other connectors speak to systems of their own. Put what both need into the vocabulary.',
    from: { path: '^src/connectors/', pathNot: [testFiles, '^src/connectors/(directory|entra)/'] },
    to: { path: '^src/(directory|store)/' },
  },
  {
    name: 'arrow-between-connectors',
    severity: 'error',
    comment:
      'A connector does not know another one, so that each can be taken out; slack alone builds on scim. ' +
      'Put what two of them need directly under src/connectors/, or into the vocabulary.',
    from: { path: '^src/connectors/([^/]+)/', pathNot: testFiles },
    to: { path: '^src/connectors/[^/]+/', pathNot: ['^src/connectors/$1/', '^src/connectors/scim/index\\.ts$'] },
  },
  {
    name: 'arrow-to-scim',
    severity: 'error',
    comment:
      'Slack speaks a dialect of SCIM and may use connectors/scim; nobody else needs it. See arrow-between-connectors.',
    from: { path: '^src/connectors/', pathNot: [testFiles, '^src/connectors/(scim|slack)/'] },
    to: { path: '^src/connectors/scim/' },
  },
  {
    name: 'arrow-connector-interfaces',
    severity: 'error',
    comment:
      'What lies directly under connectors/ serves all connectors and may know none of them. ' +
      'Let src/main.ts choose the implementation.',
    from: { path: '^src/connectors/[^/]+\\.ts$', pathNot: testFiles },
    to: { path: '^src/connectors/[^/]+/' },
  },
]

const byTheDoor =
  'Another room is entered by its index.ts, so that its inside can change. Export the thing there by name, ' +
  'or ask whether it belongs to this room.'

const outerRules = [
  {
    name: 'arrow-settings',
    severity: 'error',
    comment:
      'Settings are read before anything else exists, so they may know the nouns only. ' +
      'Let src/main.ts turn settings into connections.',
    from: { path: '^src/(settings|setting-table|service-error|operator-key)\\.ts$' },
    to: { path: '^src/', pathNot: '^src/(vocabulary/|setting-table\\.ts$)' },
  },
  {
    name: 'main-is-imported-by-nobody',
    severity: 'error',
    comment:
      'src/main.ts knows everybody; who imports it knows everybody too. Only `muster serve` and scripts start it. ' +
      'Move what you need out of main.ts into a room.',
    from: { path: '^src/', pathNot: [testFiles, '^src/cli/serve\\.ts$'] },
    to: { path: '^src/main\\.ts$' },
  },
  {
    name: 'arrow-start',
    severity: 'error',
    comment:
      'The room start is the part of main that comes before the roles run: it may know everybody but main and the command ' +
      'line, and only main comes in. What a room needs of it belongs into that room.',
    from: { path: '^src/', pathNot: [testFiles, '^src/(main\\.ts$|start/)'] },
    to: { path: '^src/start/' },
  },
  {
    name: 'arrow-from-start',
    severity: 'error',
    comment: 'What happens at a start is no command: the command line asks the service over HTTP. Move it to a room.',
    from: { path: '^src/start/' },
    to: { path: '^src/cli/' },
  },
  {
    name: 'arrow-serve',
    severity: 'error',
    comment: '`muster serve` starts main, says why it could not, and knows what the other commands know, nothing else.',
    from: { path: '^src/cli/serve\\.ts$' },
    to: { path: '^src/', pathNot: ['^src/cli/', '^src/(main|service-error)\\.ts$', ...arrows.cli.map(placePattern)] },
  },
  {
    name: 'simulator-shares-no-code',
    severity: 'error',
    comment:
      'The simulator judges the Slack connector. Code shared by both would make the same mistake on both sides unseen. ' +
      'Write it again here, from Slack’s documentation.',
    from: { path: '^simulator/' },
    to: { path: '^(src|scripts|portal)/' },
  },
  {
    name: 'service-does-not-know-simulator',
    severity: 'error',
    comment:
      'The service must not behave differently against the simulator. Start it beside the service, as scripts/start.ts does.',
    from: { path: '^src/', pathNot: testFiles },
    to: { path: '^(simulator|portal|scripts)/' },
  },
  {
    name: 'arrow-portal',
    severity: 'error',
    comment: `The portal runs in a browser and may import vocabulary, expressions and provisioning. ${whatToDoAboutArrows}`,
    from: { path: '^portal/', pathNot: testFiles },
    to: { path: '^(src|simulator|scripts)/', pathNot: ['vocabulary', 'expressions', 'provisioning'].map(placePattern) },
  },
  {
    name: 'by-the-door',
    severity: 'error',
    comment: byTheDoor,
    from: { path: '^src/([^/]+)/', pathNot: testFiles },
    to: { path: '^src/[^/]+/', pathNot: ['^src/$1/', ...doors] },
  },
  {
    name: 'by-the-door-from-outside',
    severity: 'error',
    comment: byTheDoor,
    from: { path: ['^src/[^/]+\\.ts$', '^portal/'], pathNot: testFiles },
    to: { path: '^src/[^/]+/', pathNot: doors },
  },
]

const packageRules = [
  {
    name: 'pure-rooms-import-no-package',
    severity: 'error',
    comment:
      'A pure room has no clock, network or database, and a package may bring all of them. The two exceptions are ' +
      're2js, the linear-time engine for patterns, and the table that spells names in Latin letters: both are as pure. ' +
      'Hand the thing in as an argument.',
    from: { path: '^src/(vocabulary|expressions|access|provisioning)/', pathNot: testFiles },
    to: { pathNot: ['^src/', '^\\.', 'node_modules/re2js/', 'node_modules/@sindresorhus/transliterate/'] },
  },
  {
    name: 'database-in-store-only',
    severity: 'error',
    comment: 'Only the store speaks SQL: both databases hang behind one interface. Add a method to src/store/store.ts.',
    from: { path: '^(src|portal)/', pathNot: [testFiles, '^src/store/'] },
    to: { path: ['node_modules/(pg|kysely)/', '^(node:)?sqlite$'] },
  },
  {
    name: 'csv-in-directory-files-only',
    severity: 'error',
    comment: 'Import files are read in one place, so that they are refused in one way. Call the door of src/directory.',
    from: { path: '^(src|portal)/', pathNot: [testFiles, '^src/directory/files/'] },
    to: { path: 'node_modules/csv-parse/' },
  },
  {
    name: 'http-server-in-api-only',
    severity: 'error',
    comment: 'Errors become HTTP statuses in one place, src/api/problems.ts. Add a route to src/api.',
    from: { path: '^(src|portal)/', pathNot: [testFiles, '^src/api/'] },
    to: { path: 'node_modules/(fastify|@fastify/[^/]+)/' },
  },
  {
    name: 'certificates-in-tls-only',
    severity: 'error',
    comment:
      'Certificates are made in one place, which decides their keys and how long they hold. Call the door of src/tls.',
    from: { path: '^(src|portal)/', pathNot: [testFiles, '^src/tls/'] },
    to: { path: 'node_modules/(@peculiar/x509|reflect-metadata)/' },
  },
  {
    name: 'production-without-tests',
    severity: 'error',
    comment:
      'Tests, contract suites and builders are not shipped. Move what is needed into a room, or hand it in as an argument.',
    from: { path: '^(src|simulator|portal)/', pathNot: testFiles },
    to: { path: ['^test/', testFiles] },
  },
  {
    name: 'production-without-dev-dependencies',
    severity: 'error',
    comment:
      'The shipped service is installed without development dependencies. Make it a dependency (a decision), or do without.',
    from: { path: '^(src|simulator|portal)/', pathNot: testFiles },
    to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: 'node_modules/@types/' },
  },
  {
    name: 'declared-packages-only',
    severity: 'error',
    comment: 'A package that is there by chance is gone by chance. Declare it in package.json, or do without.',
    from: {},
    to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
  },
  {
    name: 'everything-resolves',
    severity: 'error',
    comment: 'The import leads to no file. Correct the path; endings are .ts.',
    from: {},
    to: { couldNotResolve: true },
  },
]

/** Where reading the house begins. */
const entrances = [
  '^src/main\\.ts$',
  '^src/cli/',
  '^simulator/main\\.ts$',
  '^simulator/page/client/main\\.ts$',
  '^scripts/',
  '^test/',
  testFiles,
]

const deadCodeRules = [
  {
    name: 'no-circular',
    severity: 'error',
    comment:
      'Files that need each other, if only for a type, are one file in two places. Move what both need into a third, ' +
      'or hand one to the other as an argument.',
    from: {},
    to: { circular: true },
  },
  {
    name: 'no-orphans',
    severity: 'error',
    comment: 'Nobody imports it and it imports nobody. Use it, or remove it.',
    from: { orphan: true, pathNot: ['\\.d\\.ts$', ...entrances] },
    to: {},
  },
  {
    name: 'reachable',
    severity: 'error',
    comment:
      'No way leads here from src/main.ts, the command line, the simulator, a script or a test. Use it, or remove it.',
    from: { path: entrances },
    to: { path: '^(src|simulator|portal)/', pathNot: ['\\.d\\.ts$', ...entrances], reachable: false },
  },
]

export default {
  forbidden: [...arrowRules, ...connectorRules, ...outerRules, ...packageRules, ...deadCodeRules],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    doNotFollow: { path: 'node_modules' },
    combinedDependencies: false,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
}
