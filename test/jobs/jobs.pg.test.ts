import { describe } from '@jest/globals';
import { describeJobs } from './jobs-suite.ts';

describe('jobs kept in PostgreSQL', () => {
  describeJobs();
});
