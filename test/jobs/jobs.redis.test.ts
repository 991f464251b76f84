import { describe } from '@jest/globals';
import { describeJobs } from './jobs-suite.ts';

describe('jobs kept in Redis', () => {
  describeJobs(process.env.TEST_REDIS_URL);
});
