/** Anchors before suppression: [4, anchors] boxes as cx, cy, w, h, and scores. */
interface ScoredAnchors {
  readonly boxes: Float32Array;
  readonly scores: Float32Array;
  readonly classIds?: Int32Array;
}

/** A class of an anchor whose score is above the threshold. */
export interface Candidate {
  /** Its index in the model's output. */
  readonly anchor: number;
  readonly score: number;
  readonly classId: number;
}

/** Ultralytics' `max_nms`: at most this many boxes, the best, go into the suppression. */
const maxCandidates = 30_000;

/**
 * What is above the threshold, best first, equal scores in the order of the anchors and then of the classes. A box of negative width or height
 * covers nothing and is left out.
 */
export function candidatesOf(head: ScoredAnchors, confThreshold: number): Candidate[] {
  const { boxes, scores, classIds } = head;
  const anchors = boxes.length / 4;
  const candidates: Candidate[] = [];
  for (let anchor = 0; anchor < anchors; anchor++) {
    for (let at = anchor; at < scores.length; at += anchors) {
      const score = scores[at]!;
      // Asked first: hardly one in a hundred is.
      if (!(score > confThreshold)) continue;
      if (isNegative(boxes[2 * anchors + anchor]!) || isNegative(boxes[3 * anchors + anchor]!))
        break;
      candidates.push({ anchor, score, classId: classIds?.[anchor] ?? (at - anchor) / anchors });
    }
  }
  return candidates.sort((a, b) => b.score - a.score).slice(0, maxCandidates);
}

/** Minus infinity is for `faultOf` to find. */
function isNegative(size: number): boolean {
  return size < 0 && Number.isFinite(size);
}
