const steps = Array.from({ length: 10 }, (_, i) => i + 1);

/** How deep a cell of confusions is shaded, by tenths of its row: never so deep that its number has less than 4.5 of contrast, in light or dark. */
const shades = steps
  .map((step) => {
    const ground = (color: string) =>
      `color-mix(in srgb,var(--${color}) ${2 + step * 4}%,var(--card))`;
    return `.confusions .right.s${step}{background:${ground('fine')}}.confusions .wrong.s${step}{background:${ground('look')}}`;
  })
  .join('');

/** Figures of an evaluation, its rules, and crops of objects. */
export const evaluationStyle = `
.scores td small{display:block;color:var(--quiet);font-size:12px}.scores tfoot>tr>*{border-top:2px solid var(--edge);color:var(--ink);font-weight:600}.scores tfoot small{font-weight:400}.scores tfoot th{vertical-align:top}
.scores th.number{white-space:normal}.scores th,.scores td{padding:8px}.columns>*{min-width:0}.columns>.across{grid-column:1/-1}
.caveats{list-style:disc;margin:12px 0 0;padding-left:20px;max-width:90ch}.caveats li+li{margin-top:4px}
.confusions{width:auto}.confusions td{text-align:right;min-width:56px;border:1px solid var(--card)}.confusions .zero{color:var(--quiet)}.confusions th{white-space:nowrap}
${shades}
.curve{stroke-width:2}.curve.precision{stroke:var(--bar)}.curve.recall{stroke:var(--second);stroke-dasharray:7 3}.curve.f1{stroke:var(--ink)}
.line-key::before{content:"";display:inline-block;width:20px;vertical-align:4px;margin:0 4px 0 8px;border-top:2px solid var(--bar)}.line-key.recall::before{border-top:2px dashed var(--second)}.line-key.f1::before{border-top-color:var(--ink)}
.outcomes{display:grid;gap:8px;margin-top:20px;max-width:68ch;font-size:14px}.outcomes>div{display:grid;grid-template-columns:112px 1fr;gap:4px 12px}.outcomes dt{color:var(--quiet)}.outcomes dd{display:flex;flex-wrap:wrap;gap:4px 16px;min-width:0}.outcomes dd>*{min-width:0;overflow-wrap:anywhere}
.headlines li>span,.outcomes dd,h1>span{min-width:0;overflow-wrap:anywhere}.verdict{margin-bottom:24px}.verdict h2{font-size:20px;display:flex;gap:8px;align-items:flex-start}.verdict h2 .mark{margin-top:4px}.verdict ul{display:grid;gap:8px;margin-top:12px}.verdict li{display:grid;grid-template-columns:18px 1fr;gap:12px}.verdict li .mark{margin-top:3px}.verdict code{overflow-wrap:anywhere}
.crop-controls{display:flex;flex-wrap:wrap;gap:8px 24px;align-items:center;margin-bottom:16px}
.crop-group{margin-top:40px;scroll-margin-top:8px}.crop-group h3{overflow-wrap:anywhere}.crop-group>p{margin:4px 0 12px}
.crop-group:target>h3{text-decoration:underline;text-decoration-color:var(--link);text-underline-offset:6px}
.crops{display:grid;grid-template-columns:repeat(auto-fill,minmax(144px,1fr));gap:16px 12px}
details>.crops{margin-top:16px}
.crop{min-width:0}.crop .frame{aspect-ratio:1;border-radius:6px}.crop a.frame:hover{outline:2px solid var(--link)}
.crop figcaption{font-size:12px;line-height:1.4;color:var(--quiet);margin-top:6px;overflow-wrap:anywhere}.crop figcaption b{color:var(--ink);font-size:14px}
.stage .heat{opacity:var(--strength,1)}:root:has(#crop-heat-off:checked) .heat{display:none}:root:has(#crop-heat-off:checked) .crop .photo{filter:none}
.cards.wholes{grid-template-columns:repeat(auto-fill,minmax(min(100%,176px),1fr))}.wholes .card-body{padding:8px;gap:4px}.wholes .key{min-width:0}
.card:target{outline:3px solid var(--link);outline-offset:2px}
.at{border:3px solid #fff;outline:3px solid #0b0d11;border-radius:4px}
@media (max-width:480px){.crops{grid-template-columns:repeat(auto-fill,minmax(104px,1fr))}.outcomes>div{grid-template-columns:1fr}.group .cards>.card:target{display:flex!important}}
@media (forced-colors:active){.confusions td{forced-color-adjust:none}}
@media print{.scores{font-size:10px}.scores th,.scores td{padding:3px}.scores td small{font-size:9px;white-space:normal}.scores tbody th:has(.swatch){min-width:84px}.crop-controls{display:none!important}.crops{grid-template-columns:repeat(6,1fr)}.crop{break-inside:avoid}}
`;
