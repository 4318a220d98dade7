export { CDriver, DriverCode, type Setting } from './driver.ts';
export { DriverError } from './error.ts';
export { CKcsDriver, type KcsChannelNode } from './kcs.ts';
export { CSsifDriver } from './ssif.ts';
export { HEADERS, HEADER_TEXT, RUNTIME, SOURCES } from './headers.ts';
export { WasmError } from './wasm/reader.ts';
export { UnknownImport } from './wasm/translate.ts';
