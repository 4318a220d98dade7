import { KcsBmcReview } from './review.ts';

/** The reviewer's read() with its copy test put right. */
export class KcsBmcReviewMended extends KcsBmcReview {
  /** copy_to_user() returns the number of bytes that it could not copy. */
  protected override copyFailed(notCopied: number): boolean {
    return notCopied !== 0;
  }
}
