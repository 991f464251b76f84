import { ArgsType, Field, ID, Int } from 'type-graphql';
import { Cursor, DateTime } from '../scalars/index.ts';

/** The two clocks of reading. */
@ArgsType()
export class TimeArgs {
  @Field(() => DateTime, {
    nullable: true,
    description:
      'What the world looked like then, by what has been observed of it. Left out: now, or as the parent was read.',
  })
  asOf?: Date | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'What the hub had been told by then. Left out: all that it knows, or as the parent was read.',
  })
  knownAt?: Date | null;
}

@ArgsType()
export class PageArgs {
  @Field(() => Int, { nullable: true, description: 'How many at most; 50 if left out, 500 at the most.' })
  first?: number | null;

  @Field(() => Cursor, { nullable: true, description: 'Where the last page ended.' })
  after?: string | null;
}

/** A page of what can be read at another time. */
@ArgsType()
export class TimedPageArgs extends PageArgs {
  @Field(() => DateTime, { nullable: true, description: 'What the world looked like then. Left out: now.' })
  asOf?: Date | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'What the hub had been told by then. Left out: all that it knows.',
  })
  knownAt?: Date | null;
}

/** One of a type by its code. */
@ArgsType()
export class CodeArgs extends TimeArgs {
  @Field(() => ID, { description: 'The code, or the id.' })
  code!: string;
}
