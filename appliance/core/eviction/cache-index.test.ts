import { testCacheIndex } from "./cache-index.battery.ts";
import { EVICTION_POLICY_NAMES, newCacheIndex } from "./new-cache-index.ts";

for (const policyName of EVICTION_POLICY_NAMES) {
  testCacheIndex(policyName, newCacheIndex(policyName));
}
