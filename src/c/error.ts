/** The driver does not do what a driver of its kind must do to be used at all. The message is for people. */
export class DriverError extends Error {
  override name = 'DriverError';
}
