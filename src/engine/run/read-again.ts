import type { ResourceKey, Target } from '../../azure/index.ts';
import type { ArmReader, Fact } from '../ports.ts';

/**
 * Reads a resource that should exist. Soon after a resource was created, some servers of Azure answer that it does not exist, so only a
 * second answer of this kind counts.
 */
export async function readExisting(arm: ArmReader, target: Target, key: ResourceKey, instanceId: string | undefined): Promise<Fact> {
  const fact = await arm.readOne(target, key, instanceId);
  return fact.state === 'read' && fact.body === null ? arm.readOne(target, key, instanceId) : fact;
}
