/** Chooses the page by the path of the address and puts it into the document. */
import "./design/fonts.css";
import "./design/tokens.css";
import "./design/base.css";

const WATCH_PATH = /^\/watch\/([^/]+)\/?$/;

const titleId = WATCH_PATH.exec(location.pathname)?.[1];
if (titleId !== undefined) {
  await import("./pages/watch-page.ts");
  const page = document.createElement("watch-page");
  page.setAttribute("title-id", decodeSegment(titleId));
  document.body.append(page);
} else if (location.pathname === "/") {
  await import("./pages/home-page.ts");
  document.body.append(document.createElement("home-page"));
} else {
  await import("./pages/missing-page.ts");
  document.body.append(document.createElement("missing-page"));
}

/** A segment that is no valid percent-encoding names no title, which the watch page then says. */
function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
