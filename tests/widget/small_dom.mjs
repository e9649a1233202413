/** A DOM as small as the renderer needs: elements, text, and a way to see all of it. */

export class Node {}

class Text extends Node {
  constructor(text) {
    super();
    this.text = text;
  }

  see() {
    return JSON.stringify(this.text);
  }
}

class Element extends Node {
  attributes = {};
  children = [];
  parent = null;

  constructor(tag) {
    super();
    this.tag = tag;
  }

  setAttribute(name, value) {
    this.attributes[name] = value;
  }

  addEventListener(name) {
    throw new Error(`a rendered answer listens to nothing, not to ${name}`);
  }

  append(...nodes) {
    for (const node of nodes) {
      const child = typeof node === "string" ? new Text(node) : node;
      child.parent = this;
      this.children.push(child);
    }
  }

  remove() {
    this.parent.children.splice(this.parent.children.indexOf(this), 1);
  }

  /** Return the whole tree as text; neighbouring texts are one, as on a page. */
  see() {
    const inner = this.children.map((child) => child.see()).join("").replaceAll('""', "");
    return `<${this.tag} ${JSON.stringify(this.attributes)}>${inner}</${this.tag}>`;
  }

  /** Yield this element and all below it. */
  *all() {
    yield this;
    for (const child of this.children) if (child instanceof Element) yield* child.all();
  }
}

export const document = {
  createElement: (tag) => new Element(tag),
  createElementNS: (_, tag) => new Element(tag),
  createTextNode: (text) => new Text(text),
};
