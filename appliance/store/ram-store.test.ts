import { testCacheStore } from "./cache-store.battery.ts";
import { RamStore } from "./ram-store.ts";

testCacheStore("RamStore", {
  open: async (_, maxBytes) => new RamStore({ maxBytes, now: () => 1 }),
  overheadBytes: 1024,
});
