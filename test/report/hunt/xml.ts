/** An element of XML. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  /** Its own text. */
  readonly text: string;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: '\'', '#10': '\n' };

/** Reads well-formed XML 1.0 without DTD, comments or namespaces, strictly. */
export function readXml(text: string): Element {
  // oxlint-disable-next-line no-control-regex
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(text)) throw new Error('a character that XML does not have');
  const head = '<?xml version="1.0" encoding="UTF-8"?>';
  if (!text.startsWith(head)) throw new Error('no declaration');
  let at = head.length;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    const sticky = new RegExp(pattern.source, 'y');
    sticky.lastIndex = at;
    const match = sticky.exec(text);
    if (match !== null) at = sticky.lastIndex;
    return match;
  };
  const plain = (part: string): string => {
    if (/&(?!(?:amp|lt|gt|quot|apos|#10);)/.test(part)) throw new Error(`a bare & in ${part}`);
    return part.replaceAll(/&([^;]+);/g, (_whole, name: string) => ENTITIES[name]);
  };
  const element = (): Element => {
    const open = take(/<([\w-]+)/);
    if (open === null) throw new Error(`no element at ${text.slice(at, at + 40)}`);
    const attributes: Record<string, string> = {};
    for (let found = take(/\s+([\w-]+)="([^"<]*)"/); found !== null; found = take(/\s+([\w-]+)="([^"<]*)"/)) {
      if (found[1] in attributes) throw new Error(`${found[1]} is given twice`);
      attributes[found[1]] = plain(found[2]);
    }
    if (take(/\/>/) !== null) return { name: open[1], attributes, children: [], text: '' };
    if (take(/>/) === null) throw new Error(`<${open[1]} is not closed at ${text.slice(at, at + 40)}`);
    const children: Element[] = [];
    let own = '';
    for (;;) {
      own += plain(take(/[^<]*/)?.[0] ?? '');
      const close = take(/<\/([\w-]+)>/);
      if (close === null) {
        children.push(element());
        continue;
      }
      if (close[1] !== open[1]) throw new Error(`<${open[1]}> is closed by </${close[1]}>`);
      return { name: open[1], attributes, children, text: own };
    }
  };
  take(/\s*/);
  const root = element();
  take(/\s*/);
  if (at !== text.length) throw new Error('something follows the root');
  return root;
}
