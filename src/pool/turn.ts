/** Lets the event loop turn: messages, signals and timers are heard. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
