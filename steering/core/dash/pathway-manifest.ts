/**
 * Writes a source's MPD for one viewer: one BaseURL per pathway, best first, its `serviceLocation`
 * being the pathway, and the address of steering (ETSI TS 103 998; ISO/IEC 23009-1, 5th edition).
 *
 * Playback does not wait for steering (`queryBeforeStart="false"`): the order is in the MPD already.
 */
import type { Pathway } from "../hls/pathway-playlist.ts";
import { addressAt } from "../source/locate-uri.ts";
import type { DashManifest, ManifestPart } from "./dash-manifest.ts";
import { escapeXml } from "./escape-xml.ts";

export type PathwayManifestInput = {
  readonly manifest: DashManifest;
  /** Best first: a player starts on the first one. */
  readonly pathways: readonly [Pathway, ...Pathway[]];
  readonly steeringUri: string;
  /** Where a live one is asked for again. */
  readonly refreshUri: string;
};

export function writePathwayManifest(input: PathwayManifestInput): string {
  return input.manifest.parts.map((part) => writePart(part, input)).join("");
}

function writePart(part: ManifestPart, input: PathwayManifestInput): string {
  const { pathways, steeringUri, refreshUri } = input;
  const [first] = pathways;
  switch (part.kind) {
    case "text":
      return part.text;
    case "first-address":
      return escapeXml(first.url);
    case "base-urls":
      return pathways
        .map((pathway) => {
          const address = escapeXml(addressAt(part.place, pathway));
          const location = ` serviceLocation="${escapeXml(pathway.id)}"`;
          return `<${part.name}${part.attributes}${location}>${address}</${part.name}>`;
        })
        .join("\n");
    case "location":
      return `<${part.name}>${escapeXml(refreshUri)}</${part.name}>`;
    case "steering": {
      const attributes = `defaultServiceLocation="${escapeXml(first.id)}" queryBeforeStart="false"`;
      return `<${part.name} ${attributes}>${escapeXml(steeringUri)}</${part.name}>`;
    }
  }
}
