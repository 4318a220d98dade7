/** What survives JSON.stringify, postMessage, a file and a queue: lessons and memories are made of it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
