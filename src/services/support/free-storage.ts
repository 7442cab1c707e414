import { Size, SizeRoundingBehavior } from 'aws-cdk-lib';

/** Throws if a threshold of free storage is not below the size of the storage. */
export function checkFreeStorage(threshold: Size | undefined, property: string, gibibytes: number): void {
  if (!threshold || threshold.isUnresolved()) {
    return;
  }
  const free = threshold.toGibibytes({ rounding: SizeRoundingBehavior.NONE });
  if (free >= gibibytes) {
    throw new Error(`freeStorageAlarmThreshold is ${free} GiB, and ${property} is ${gibibytes}, of which so much is never free: give less`);
  }
}
