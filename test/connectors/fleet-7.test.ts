import { describeShard } from './support/fleet-shard.ts';

describeShard(6);
