import { Field, ID, Int, ObjectType } from 'type-graphql';
import { ProvinceKind, VendorKind } from '../scalars/enums.ts';
import { Node } from './node.ts';

@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description: 'One of the 34 provinces and centrally run cities in force from 1 July 2025.',
})
export class Province extends Node {
  @Field(() => ID, { description: 'The official two-digit code.' })
  code!: string;

  @Field()
  name!: string;

  @Field(() => ProvinceKind)
  kind!: string;

  @Field(() => [String], { description: 'The provinces it was formed from.' })
  formerProvinces!: string[];

  @Field(() => Int)
  communeCount!: number;
}

@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description: 'One of the information systems that must keep running.',
})
export class System extends Node {
  @Field(() => ID, { description: 'TTHC, QLVB, HOP, LGSP, BAOCAO or a national one.' })
  code!: string;

  @Field()
  name!: string;

  @Field()
  nameEn!: string;

  @Field({ description: 'Whether there is one for the whole country rather than one in each province.' })
  national!: boolean;
}

@ObjectType({ implements: Node, simpleResolvers: true, description: 'Who runs a system.' })
export class Vendor extends Node {
  @Field(() => ID)
  code!: string;

  @Field()
  name!: string;

  @Field(() => VendorKind)
  kind!: string;
}

@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description:
    'What a province is connected to: the portal, a national database, a ministry system, EMC, the document axis.',
})
export class Target extends Node {
  @Field(() => ID)
  code!: string;

  @Field()
  name!: string;

  @Field()
  nameEn!: string;

  @Field({ description: 'portal, national-database, ministry-system, emc or document-axis.' })
  kind!: string;
}
