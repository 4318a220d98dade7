/** MCTP over LPC as libmctp has it: packets, the shared window, and the binding of both sides. */
export * from './astlpc.ts';
export * from './crc32.ts';
export * from './lpcmap.ts';
export * from './packet.ts';
