/** ESM Jest over SWC; needs `node --experimental-vm-modules`, which the npm scripts pass. */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  // Redis is the one thing that npm does not install; .ci/run brings one and sets the variable.
  testPathIgnorePatterns: process.env.TEST_REDIS_URL ? [] : ['\\.redis\\.test\\.ts$'],
  extensionsToTreatAsEsm: ['.ts'],
  setupFiles: ['reflect-metadata'],
  globalSetup: '<rootDir>/test/support/server-setup.mts',
  globalTeardown: '<rootDir>/test/support/server-teardown.mts',
  // Only ends what hangs: a busy machine takes three times as long.
  testTimeout: 180_000,
  maxWorkers: 4,
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
};
