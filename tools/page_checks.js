// What can be measured on a card as it is rendered; `see_cards.py` and `see_desktop.py` run it in the page.
// A function of the options {touch: number} that returns {findings: [...], places: {...}}. It changes nothing.
(options) => {
  const findings = [];
  const root = document.querySelector(".dg") || document.body;
  const width = document.documentElement.clientWidth;
  const found = (kind, element, detail) =>
    findings.push({ kind, where: path(element), detail, text: snippet(element) });

  // ---- names of elements, short and stable ----
  function path(element) {
    const names = [];
    for (let at = element; at && at !== document.body && names.length < 3; at = at.parentElement) {
      const classes = [...at.classList].filter((name) => !/^(card\d+|MathJax|CtxtMenu)/.test(name));
      names.unshift(at.tagName.toLowerCase() + (at.id ? "#" + at.id : "") + classes.map((name) => "." + name).join(""));
      if (at === root) break;
    }
    return names.join(" > ");
  }
  function snippet(element) {
    return (element.value || element.textContent || element.alt || "").trim().replace(/\s+/g, " ").slice(0, 40);
  }

  // ---- colours: any notation, by painting one pixel ----
  const painter = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const known = new Map();
  function colour(text) {
    if (!known.has(text)) {
      painter.clearRect(0, 0, 1, 1);
      painter.fillStyle = text;
      painter.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = painter.getImageData(0, 0, 1, 1).data;
      known.set(text, [r, g, b, a / 255]);
    }
    return known.get(text);
  }
  const over = (top, below) => [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
  function luminance(rgb) {
    const [r, g, b] = rgb.slice(0, 3).map((v) => ((v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  }
  function contrast(one, other) {
    const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  }
  function ground(element) {
    const layers = [];
    for (let at = element; at; at = at.parentElement) {
      const layer = colour(getComputedStyle(at).backgroundColor);
      if (layer[3] > 0) layers.push(layer);
      if (layer[3] === 1) break;
    }
    return layers.reduceRight((below, layer) => over(layer, below), [255, 255, 255, 1]);
  }
  function opacity(element) {
    let product = 1;
    for (let at = element; at; at = at.parentElement) product *= parseFloat(getComputedStyle(at).opacity);
    return product;
  }
  const hex = (rgb) => "#" + rgb.slice(0, 3).map((v) => Math.round(v).toString(16).padStart(2, "0")).join("");
  function judge(element, style, foreground, what, least) {
    const below = ground(element);
    const [r, g, b, a] = colour(foreground);
    const mixed = over([r, g, b, a * opacity(element)], below);
    const ratio = contrast(mixed, below);
    const need = least || (large(style) ? 3 : 4.5);
    if (ratio < need - 0.005) found("contrast", element, `${what} ${ratio.toFixed(2)} < ${need}: ${hex(mixed)} on ${hex(below)}`);
  }
  function large(style) {
    const size = parseFloat(style.fontSize);
    return size >= 24 || (size >= 18.66 && parseInt(style.fontWeight, 10) >= 700);
  }

  // ---- what is seen ----
  function visible(element) {
    const style = getComputedStyle(element);
    return style.visibility === "visible" && element.getClientRects().length > 0 && !forReaders(element);
  }
  function forReaders(element) {  // text for screen readers only: cut down to a pixel
    for (let at = element; at && at !== document.body; at = at.parentElement) {
      if (at.tagName === "MJX-ASSISTIVE-MML") return true;
      const style = getComputedStyle(at);
      if (style.overflow !== "visible" && at.offsetWidth <= 1 && at.offsetHeight <= 1) return true;
    }
    return false;
  }
  function texts(within) {
    const walker = document.createTreeWalker(within, NodeFilter.SHOW_TEXT, (node) =>
      node.data.trim() && !/^(SCRIPT|STYLE)$/.test(node.parentElement.tagName) && visible(node.parentElement)
        ? NodeFilter.FILTER_ACCEPT : NodeFilter.FILTER_REJECT);
    const list = [];
    while (walker.nextNode()) {
      const range = document.createRange();
      range.selectNodeContents(walker.currentNode);
      const boxes = [...range.getClientRects()].filter((box) => box.width > 0 && box.height > 0);
      if (boxes.length) list.push({ node: walker.currentNode, element: walker.currentNode.parentElement, boxes });
    }
    return list;
  }
  const all = texts(document.body);

  // ---- contrast of every text, of what style sheets write, and of the borders of controls ----
  for (const { element } of all) {
    const style = getComputedStyle(element);
    judge(element, style, style.color, "text");
  }
  for (const element of document.body.querySelectorAll("*")) {
    if (!visible(element)) continue;
    for (const part of ["::before", "::after", "::marker"]) {
      if (part === "::marker" && getComputedStyle(element).display !== "list-item") continue;
      const style = getComputedStyle(element, part);
      const written = part === "::marker" ? style.listStyleType !== "none" : /[^\s"]/.test(style.content.replace(/^(none|normal)$/, ""));
      if (written && !/^url/.test(style.content)) judge(element, style, style.color, part);
    }
    if (/^(INPUT|TEXTAREA|SELECT|BUTTON)$/.test(element.tagName)) {
      const style = getComputedStyle(element);
      judge(element, style, style.color, "control");
      if (element.placeholder) judge(element, style, getComputedStyle(element, "::placeholder").color, "placeholder");
      if (parseFloat(style.borderTopWidth) > 0) judge(element.parentElement, style, style.borderTopColor, "border of a control", 3);
    }
  }

  // ---- nothing beyond the edge: the page does not scroll sideways, no text is cut off ----
  const wide = document.documentElement.scrollWidth - width;
  if (wide > 0) {
    const culprit = [...root.querySelectorAll("*")].filter(visible)
      .find((element) => element.getBoundingClientRect().right > width + 0.5) || root;
    found("overflow", culprit, `the page is ${wide} px too wide`);
  }
  function scroller(element) {
    for (let at = element; at && at !== document.body; at = at.parentElement)
      if (/auto|scroll/.test(getComputedStyle(at).overflowX) && at.scrollWidth > at.clientWidth) return at;
    return null;
  }
  for (const { element, boxes } of wide > 0 ? [] : all) {
    const beyond = boxes.find((box) => box.left < -0.5 || box.right > width + 0.5);
    if (beyond && !scroller(element) && !element.closest("mjx-container"))
      found("cut off", element, `text from ${beyond.left.toFixed(0)} to ${beyond.right.toFixed(0)} of ${width} px`);
  }
  // A part may scroll for a table, code, a formula or a figure; plain words should break instead.
  for (const element of root.querySelectorAll("*")) {
    if (!visible(element) || !/auto|scroll/.test(getComputedStyle(element).overflowX)) continue;
    const extra = element.scrollWidth - element.clientWidth;
    if (extra > 1 && element.tagName !== "INPUT" && !element.matches("pre, table, mjx-container") && !element.querySelector("table, pre, img, svg, mjx-container"))
      found("inner scroll", element, `plain text scrolls sideways by ${extra} px`);
  }

  // ---- touch targets ----
  // WCAG 2.5.5 exempts a target in a sentence: an inline link with other text in its block.
  function inSentence(element) {
    if (getComputedStyle(element).display !== "inline") return false;
    let block = element.parentElement;
    while (getComputedStyle(block).display === "inline") block = block.parentElement;
    return block.textContent.trim().length > element.textContent.trim().length;
  }
  // What lies in a target belongs to it: an inline link is lower than the drawing it holds.
  const targets = "summary, button, a[href], input:not([type=hidden]), select, textarea, label[for], [onclick], [role=button], [tabindex]";
  for (const element of root.querySelectorAll(targets)) {
    if (!visible(element) || inSentence(element)) continue;
    const labelled = element.matches("input") && element.closest("label");
    const boxes = [labelled || element, ...element.querySelectorAll("*")].map((each) => each.getBoundingClientRect());
    const height = Math.max(...boxes.map((box) => box.bottom)) - Math.min(...boxes.map((box) => box.top));
    if (height < options.touch - 0.5) found("target", element, `${height.toFixed(1)} px high, ${options.touch} needed`);
  }
  const keys = [...root.querySelectorAll("[accesskey]")].filter(visible).map((element) => element.accessKey);
  for (const key of new Set(keys.filter((each, i) => keys.indexOf(each) !== i))) found("access key", root, `${key} is used twice`);

  // ---- pictures, formulas, masks ----
  for (const image of root.querySelectorAll("img")) {
    if (image.complete && !image.naturalWidth) found("picture", image, `cannot be shown: ${image.getAttribute("src")}`);
    if (!image.hasAttribute("alt")) found("picture", image, "has no text alternative");
  }
  for (const { node, element } of all) {
    if (/\\[([]/.test(node.data)) found("formula", element, "is not typeset");
    if (/\[\[type:|\[anki:|\[sound:|\{\{/.test(node.data)) found("placeholder", element, "stands on the card as text");
  }
  for (const wrong of root.querySelectorAll("mjx-merror, merror")) found("formula", wrong, "has an error");
  const canvas = document.getElementById("image-occlusion-canvas");
  if (canvas) {
    const picture = document.querySelector("#image-occlusion-container img");
    const [c, p] = [canvas.getBoundingClientRect(), picture.getBoundingClientRect()];
    const apart = Math.max(Math.abs(c.left - p.left), Math.abs(c.top - p.top), Math.abs(c.right - p.right), Math.abs(c.bottom - p.bottom));
    if (apart > 1) found("masks", canvas, `lie ${apart.toFixed(1)} px beside the picture`);
    const shape = (c.width / c.height) / (picture.naturalWidth / picture.naturalHeight);
    if (Math.abs(shape - 1) > 0.02) found("masks", canvas, `the picture is stretched by ${((shape - 1) * 100).toFixed(0)} %`);
    if (c.height > window.innerHeight) found("masks", canvas, `the picture (${c.height.toFixed(0)} px) is taller than the window`);
    const data = canvas.width && canvas.height ? canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data : [];
    let drawn = 0;
    for (let i = 3; i < data.length; i += 4) if (data[i]) drawn++;
    if (!drawn) found("masks", canvas, "none is drawn");
  }

  // ---- where the parts of the front stand, to compare with the other side ----
  function firstLine(element) {  // a line of mixed directions has several boxes, in the order of reading
    const parts = texts(element);
    if (!parts.length) return element.getBoundingClientRect();
    const boxes = parts.flatMap((each) => each.boxes);
    let block = parts[0].element;
    while (getComputedStyle(block).display === "inline") block = block.parentElement;
    const line = boxes.filter((box) => box.top < boxes[0].bottom && box.bottom > boxes[0].top);
    return {
      block, top: boxes[0].top, left: Math.min(...line.map((box) => box.left)), right: Math.max(...line.map((box) => box.right)),
    };
  }
  const banner = root.querySelector(".dg-retired");  // says more on the back: what counts is the place under it
  const start = banner ? banner.getBoundingClientRect().bottom : -window.scrollY;
  const places = {};
  for (const name of [".dg-topic", ".dg-case", ".dg-q", "#image-occlusion-container", ".dg-fig"]) {
    const element = root.querySelector(name);
    if (!element || !visible(element)) continue;
    const line = firstLine(element);
    const rtl = getComputedStyle(line.block || element).direction === "rtl";
    places[name] = [(rtl ? line.right : line.left) + window.scrollX, line.top - start];
    if (!rtl || !line.block) continue;
    const inner = element.getBoundingClientRect().right - parseFloat(getComputedStyle(element).paddingRight);
    if (Math.abs(line.right - inner) > 2) found("right to left", element, `the line ends ${(inner - line.right).toFixed(0)} px from the right edge`);
  }
  return { findings, places, height: document.documentElement.scrollHeight, body: document.body.className, html: document.documentElement.className };
}
