/**
 * Loaded before a service: keeps what Node has made of its sources, in the system's folder for temporary
 * files (`node:module`, `enableCompileCache`).
 *
 * Without it each process strips the types from a few hundred files with a compiler of its own, which
 * takes a third of the CPU of a start, and up to 20 MiB for as long as the process lives. Plain JavaScript:
 * as TypeScript it would need that compiler itself.
 */
import { enableCompileCache } from "node:module";

// Where it cannot be kept, a start takes longer, and that is all.
enableCompileCache();
