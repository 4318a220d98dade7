import { NetFn } from './netfn.ts';

/** Commands of NetFn App that a system interface driver sends, IPMI 2.0 Table G-1. */
export const AppCmd = {
  GET_DEVICE_ID: 0x01,
  COLD_RESET: 0x02,
  WARM_RESET: 0x03,
  GET_SELF_TEST_RESULTS: 0x04,
  GET_DEVICE_GUID: 0x08,
  SET_BMC_GLOBAL_ENABLES: 0x2e,
  GET_BMC_GLOBAL_ENABLES: 0x2f,
  CLEAR_MESSAGE_FLAGS: 0x30,
  GET_MESSAGE_FLAGS: 0x31,
  GET_MESSAGE: 0x33,
  READ_EVENT_MESSAGE_BUFFER: 0x35,
  GET_BT_INTERFACE_CAPABILITIES: 0x36,
  /** Sent by ipmi_msghandler at start-up; this BMC answers it C1h, as the recorded one does. */
  GET_CHANNEL_INFO: 0x42,
  GET_SYSTEM_INTERFACE_CAPABILITIES: 0x57,
} as const;

/** Commands of NetFn OEM. */
export const OemCmd = {
  /** Returns its data unchanged: see echo.ts. */
  ECHO: 0x0e,
} as const;

const NAMES: ReadonlyMap<number, string> = new Map([
  [key(NetFn.APP, AppCmd.GET_DEVICE_ID), 'Get Device ID'],
  [key(NetFn.APP, AppCmd.COLD_RESET), 'Cold Reset'],
  [key(NetFn.APP, AppCmd.WARM_RESET), 'Warm Reset'],
  [key(NetFn.APP, AppCmd.GET_SELF_TEST_RESULTS), 'Get Self Test Results'],
  [key(NetFn.APP, AppCmd.GET_DEVICE_GUID), 'Get Device GUID'],
  [key(NetFn.APP, AppCmd.SET_BMC_GLOBAL_ENABLES), 'Set BMC Global Enables'],
  [key(NetFn.APP, AppCmd.GET_BMC_GLOBAL_ENABLES), 'Get BMC Global Enables'],
  [key(NetFn.APP, AppCmd.CLEAR_MESSAGE_FLAGS), 'Clear Message Flags'],
  [key(NetFn.APP, AppCmd.GET_MESSAGE_FLAGS), 'Get Message Flags'],
  [key(NetFn.APP, AppCmd.GET_MESSAGE), 'Get Message'],
  [key(NetFn.APP, AppCmd.READ_EVENT_MESSAGE_BUFFER), 'Read Event Message Buffer'],
  [key(NetFn.APP, AppCmd.GET_BT_INTERFACE_CAPABILITIES), 'Get BT Interface Capabilities'],
  [key(NetFn.APP, AppCmd.GET_CHANNEL_INFO), 'Get Channel Info'],
  [key(NetFn.APP, AppCmd.GET_SYSTEM_INTERFACE_CAPABILITIES), 'Get System Interface Capabilities'],
  [key(NetFn.OEM, OemCmd.ECHO), 'Echo'],
]);

function key(netFn: number, cmd: number): number {
  return ((netFn & ~1) << 8) | cmd;
}

/** The specification's name of a command, of its request or response NetFn; hex for one not listed. */
export function commandName(netFn: number, cmd: number): string {
  return NAMES.get(key(netFn, cmd)) ?? `NetFn ${hex(netFn)} Cmd ${hex(cmd)}`;
}

function hex(byte: number): string {
  return `0x${byte.toString(16).padStart(2, '0')}`;
}
