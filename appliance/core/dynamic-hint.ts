/**
 * Writes the `CMSD-Dynamic` member by which the appliance tells players how it is doing (CTA-5006).
 *
 * `etp` is what it can give each client that it is answering now, in kbit/s; `du`, without a value, says
 * that it is under duress and would rather see somebody leave than come.
 */
export type DynamicState = {
  readonly isUnderDuress: boolean;
  readonly capacityBitsPerSecond: number;
  readonly activeRequests: number;
};

export function formatDynamicHint(
  id: string,
  { isUnderDuress, capacityBitsPerSecond, activeRequests }: DynamicState,
): string {
  const kilobits = Math.floor(capacityBitsPerSecond / 1000 / Math.max(1, activeRequests));
  return `"${id}";etp=${kilobits}${isUnderDuress ? ";du" : ""}`;
}
