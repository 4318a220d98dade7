/** IPMI messages and the BMC's command logic as pure functions over the caller's buffers. */
export * from './netfn.ts';
export * from './commands.ts';
export * from './completion.ts';
export * from './message.ts';
export * from './echo.ts';
export * from './echo-verdict.ts';
export {
  EVENT_BYTES, GlobalEnable, MessageFlag, QEMU_IDENTITY, QUEUE_MESSAGES, QUEUE_MESSAGE_BYTES, attention,
  createBmcState, messageFlags, postEvent, postMessage, postWatchdogPreTimeout, resetBmcState,
} from './bmc-state.ts';
export type { BmcIdentity, BmcState } from './bmc-state.ts';
export { answer } from './bmc.ts';
export * from './kcs.ts';
export * from './bt.ts';
export * from './ssif.ts';
