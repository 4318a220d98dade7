/** What ipmi_si is about: `enum si_intf_state`. */
export const SiState = {
  /** A message of the upper layer, or nothing. */
  NORMAL: 0,
  GETTING_FLAGS: 1,
  GETTING_EVENTS: 2,
  CLEARING_FLAGS: 3,
  GETTING_MESSAGES: 4,
  CHECKING_ENABLES: 5,
  SETTING_ENABLES: 6,
} as const;
export type SiState = (typeof SiState)[keyof typeof SiState];
