// Looks at a page from within: what axe finds, what scrolls, and where Tab goes.
window.looking = {
  async faults() {
    const { violations } = await axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
      rules: { "target-size": { enabled: true } },
      resultTypes: ["violations"],
    });
    const told = violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target} ${node.html.slice(0, 200)}`));
    const root = document.documentElement;
    const sideways = root.scrollWidth > root.clientWidth ? [`scrolls sideways: ${this.widest()}`] : [];
    return [...told, ...sideways, ...this.pushed()];
  },

  // On a phone a table's rows are cards: nothing in one stands where only a finger finds it.
  pushed() {
    const boxes = window.innerWidth < 700 ? [...document.querySelectorAll(".scroll")] : [];
    const wide = boxes.filter((box) => box.scrollWidth > box.clientWidth + 1);
    return wide.map((box) => `a table scrolls sideways: ${box.getAttribute("aria-label")}`);
  },

  widest() {
    const width = document.documentElement.clientWidth;
    const inside = (element) => [...document.querySelectorAll(".scroll")].some((box) => box !== element && box.contains(element));
    const wide = [...document.body.querySelectorAll("*")].filter(
      (element) => !inside(element) && (element.getBoundingClientRect().right > width + 1 || element.getBoundingClientRect().left < -1),
    );
    return wide.slice(-3).map((element) => element.outerHTML.slice(0, 160)).join(" | ");
  },

  // What would do nothing without a script: links that lead nowhere, forms that nothing sends.
  unusable() {
    const links = [...document.querySelectorAll("a:not([href]), a[href='#'], [role=button]:not(a):not(button)")];
    const forms = [...document.forms].filter((form) => ![...form.elements].some((each) => each.type === "submit"));
    const buttons = [...document.querySelectorAll("button")].filter((button) => !button.form);
    return [...links, ...forms, ...buttons].map((element) => element.outerHTML.slice(0, 200));
  },

  // All that can be used, in the order of the document: Tab must go to each.
  begin() {
    const all = "a[href], button, input, select, textarea, summary, iframe, [tabindex]";
    const usable = (element) =>
      element.tabIndex >= 0 && !element.disabled && element.type !== "hidden" && element.checkVisibility({ visibilityProperty: true });
    const chosen = (element) => {
      if (element.type !== "radio") return true;
      const group = [...document.getElementsByName(element.name)].filter((each) => each.form === element.form);
      return element === (group.find((each) => each.checked) ?? group[0]);
    };
    this.wanted = [...document.querySelectorAll(all)].filter((element) => usable(element) && chosen(element));
    document.activeElement?.blur();
    window.getSelection()?.removeAllRanges();
    window.scrollTo(0, 0);
    return this.wanted.map((element) => this.name(element));
  },

  // Where the focus is now; null where it left the page.
  stop() {
    const element = document.activeElement;
    if (!element || element === document.body) return null;
    return { name: this.name(element), is_wanted: this.wanted.includes(element), faults: [...this.unseen(element)] };
  },

  name(element) {
    const at = this.wanted.indexOf(element);
    const words = element.getAttribute("aria-label") || element.name || element.textContent.trim().slice(0, 30);
    return `${at} ${element.localName} ${words}`;
  },

  *unseen(element) {
    const style = getComputedStyle(element);
    const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
    const inPicker = ["date", "time", "month", "week", "datetime-local"].includes(element.type) && !element.matches(":focus-visible");
    const isFrame = element.tagName === "IFRAME"; // what is in it has the focus, and shows it there
    if (!outlined && style.boxShadow === "none" && !inPicker && !isFrame) yield "shows no focus"; // a picker's button has a ring of its own
    const box = element.getClientRects()[0] ?? element.getBoundingClientRect();
    const x = (Math.max(box.left, 0) + Math.min(box.right, innerWidth)) / 2;
    const y = (Math.max(box.top, 0) + Math.min(box.bottom, innerHeight)) / 2;
    if (box.bottom <= 0 || box.top >= innerHeight || box.right <= 0 || box.left >= innerWidth) yield "has the focus out of sight";
    else {
      const above = document.elementFromPoint(x, y);
      const label = element.closest("label");
      if (above && !element.contains(above) && !above.contains(element) && !label?.contains(above))
        yield `is hidden behind ${above.outerHTML.slice(0, 100)}`;
    }
  },
};
