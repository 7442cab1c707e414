import { Stack, Token } from 'aws-cdk-lib';
import * as sns from 'aws-cdk-lib/aws-sns';
import { IConstruct } from 'constructs';

/** What is wrong with a topic for something that only reaches topics of its own region. */
export function checkTopic(scope: IConstruct, property: string, topic: sns.ITopic | undefined): void {
  const { region } = Stack.of(scope);
  if (topic && ![topic.env.region, region].some(Token.isUnresolved) && topic.env.region !== region) {
    throw new Error(`${property} is in ${topic.env.region}, and what should tell it is in ${region}: give a topic of ${region}, or none`);
  }
}
