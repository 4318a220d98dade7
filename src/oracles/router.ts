import { CompletionCodeOracle } from './completion-code.ts';
import type { Oracle } from './context.ts';
import { RouterResponseOracle } from './router-responses.ts';
import type { RouterSystemView } from './router-view.ts';
import { WrongHandlerOracle } from './wrong-handler.ts';

/** Who judges the router, beside those who judge what it carries. */
export function routerOracles(view: RouterSystemView): readonly Oracle[] {
  return [new RouterResponseOracle(view), new WrongHandlerOracle(view), new CompletionCodeOracle(view)];
}
