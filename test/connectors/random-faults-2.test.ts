import { describeRandomFaults } from './support/random-faults-shard.ts';

describeRandomFaults(1);
