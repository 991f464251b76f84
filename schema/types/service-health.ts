import { Field, Float, Int, ObjectType } from 'type-graphql';
import { DateTime } from '../scalars/index.ts';
import { Measured } from './measured.ts';

@ObjectType({
  implements: Measured,
  simpleResolvers: true,
  description: 'Health of a system of a province over the 24 hours before `measuredAt`, as its vendor measured it.',
})
export class ServiceHealth extends Measured {
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
}
