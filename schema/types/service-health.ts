import { Field, Float, Int, ObjectType } from 'type-graphql';
import { DateTime } from '../scalars/index.ts';

@ObjectType({
  simpleResolvers: true,
  description: 'Health of a system of a province over the 24 hours before `measuredAt`, as its vendor measured it.',
})
export class ServiceHealth {
  @Field(() => Float, { description: 'Percent of the last 24 hours.' })
  uptimePercent!: number;

  @Field(() => Float, { description: 'Percent at the peak.' })
  cpuPercent!: number;

  @Field(() => Float, { description: 'Percent at the peak.' })
  memoryPercent!: number;

  @Field(() => Float, { description: 'Megabit per second at the peak.' })
  trafficMbps!: number;

  @Field(() => Int)
  alerts!: number;

  @Field(() => DateTime)
  measuredAt!: Date;

  @Field(() => DateTime, { description: 'When the hub was told.' })
  recordedAt!: Date;

  @Field({ description: 'True for what the sandbox made up.' })
  simulated!: boolean;
}
