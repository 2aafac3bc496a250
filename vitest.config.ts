import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'simulator/**/*.test.ts', 'test/**/*.test.ts', 'scripts/**/*.test.ts'],
    environment: 'node',
    // Starts nothing by itself: a PostgreSQL server only when a test asks for a database.
    globalSetup: ['test/postgresql/global-setup.ts'],
    setupFiles: ['test/test-seed.ts'],
    // What hangs is to end; no test is judged by how fast the machine is.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
