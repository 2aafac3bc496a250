/*
 * Decides what the linter refuses (CONTRIBUTING.md as code). Type-aware: it knows which call returns a promise.
 * No comment in a file can switch a rule off; where a rule is wrong for a place, the place is named here with its reason.
 */
import { defineConfig, globalIgnores } from 'eslint/config'
import tseslint from 'typescript-eslint'

const pureRooms = [
  'src/vocabulary/**/*.ts',
  'src/expressions/**/*.ts',
  'src/access/**/*.ts',
  'src/provisioning/**/*.ts',
]
const tests = ['**/*.test.ts', '**/*.contract.ts', 'test/**/*.ts']

const environmentAdvice =
  'Only src/settings.ts and simulator/main.ts read the environment: add a setting there and let it arrive as a value.'

const pureAdvice = 'This room is pure, so that a rule gives the same answer in a test, on a server and in the portal.'

/** ESLint keeps one list of this rule per file, so the lists of several blocks are put together here. */
const restrictedProperties = {
  environment: [{ object: 'process', property: 'env', message: environmentAdvice }],
  clockAndChance: [
    { object: 'Date', property: 'now', message: `${pureAdvice} Take the time as the argument \`now\`.` },
    { object: 'Math', property: 'random', message: `${pureAdvice} Take the id or the number as an argument.` },
  ],
}

export default defineConfig(
  globalIgnores(['**/node_modules/', 'data/', 'dist/', 'coverage/', 'portal/dist/']),
  {
    linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: 'error',
      'no-async-promise-executor': 'error',
      'no-compare-neg-zero': 'error',
      'no-cond-assign': 'error',
      'no-constant-binary-expression': 'error',
      'no-constant-condition': ['error', { checkLoops: 'allExceptWhileTrue' }],
      'no-debugger': 'error',
      'no-dupe-else-if': 'error',
      'no-duplicate-case': 'error',
      'no-empty': 'error',
      'no-fallthrough': 'error',
      'no-loss-of-precision': 'error',
      'no-prototype-builtins': 'error',
      'no-self-assign': 'error',
      'no-self-compare': 'error',
      'no-sparse-arrays': 'error',
      'no-unreachable-loop': 'error',
      'no-unsafe-finally': 'error',
      'no-unsafe-optional-chaining': 'error',
      'no-useless-catch': 'error',
      'no-useless-escape': 'error',
      'no-var': 'error',
      'prefer-const': 'error',
    },
  },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        // `_name` is an argument a signature asks for; `const { dropped, ...rest }` leaves a field out.
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true, caughtErrors: 'all' },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // An asynchronous interface may be kept by something that answers at once, e.g. the memory connectors.
      '@typescript-eslint/require-await': 'off',
      // Rooms are functions that return plain objects; their methods know no `this` and may be taken apart.
      '@typescript-eslint/unbound-method': 'off',
      // What a `catch` or a rejected promise gave is unknown, and is passed on as it is.
      '@typescript-eslint/only-throw-error': ['error', { allowThrowingUnknown: true, allowThrowingAny: false }],
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
    },
  },
  {
    files: ['src/**/*.ts', 'simulator/**/*.ts'],
    ignores: tests,
    rules: {
      // The operator's log is JSON lines by its own writer; only the command line speaks to a person.
      'no-console': 'error',
      'no-restricted-properties': ['error', ...restrictedProperties.environment],
      'no-restricted-imports': [
        'error',
        {
          paths: [
            { name: 'node:process', importNames: ['env'], message: environmentAdvice },
            { name: 'process', message: 'Write node:process, or use the global.' },
          ],
        },
      ],
    },
  },
  {
    files: ['src/cli/**/*.ts', 'simulator/main.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['src/settings.ts', 'simulator/main.ts'],
    rules: { 'no-restricted-properties': 'off', 'no-restricted-imports': 'off' },
  },
  {
    files: ['src/connectors/**/*.ts'],
    ignores: tests,
    rules: {
      'no-restricted-globals': [
        'error',
        {
          name: 'fetch',
          message: 'The built-in fetch is eight times slower than an undici Pool on this path: use Pool.request.',
        },
      ],
    },
  },
  {
    files: pureRooms,
    ignores: tests,
    rules: {
      'no-restricted-properties': [
        'error',
        ...restrictedProperties.environment,
        ...restrictedProperties.clockAndChance,
      ],
      'no-restricted-globals': [
        'error',
        { name: 'globalThis', message: `${pureAdvice} What it needs from outside arrives as an argument.` },
        { name: 'process', message: `${pureAdvice} What it needs from outside arrives as an argument.` },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'NewExpression[callee.name="Date"][arguments.length=0]',
          message: `${pureAdvice} Take the time as the argument \`now\`.`,
        },
        {
          selector: 'CallExpression[callee.name="Date"]',
          message: `${pureAdvice} Take the time as the argument \`now\`.`,
        },
        {
          selector: ':function[async=true], AwaitExpression, ForOfStatement[await=true]',
          message: `${pureAdvice} Say first what to ask, and read the answers later, as matching does.`,
        },
      ],
    },
  },
  {
    files: ['**/*.test.ts', '**/*.contract.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: 'MemberExpression[object.name=/^(test|it|describe)$/][property.name=/^(only|todo)$/]',
          message: 'A test that leaves the others out, or that is still to be written, looks like a green run.',
        },
      ],
    },
  },
)
