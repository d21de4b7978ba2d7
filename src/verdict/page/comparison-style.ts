/** What a comparison has beyond the report's style: pictures of several runs in one card, lines over runs, and intervals. */
export const comparisonStyle = `
.line.first{stroke:var(--bar)}.line.other{stroke:var(--second)}.line .dot{fill:var(--card);stroke-width:2}.line .reach{stroke-width:1.5;opacity:.55}
.dumbbells .way{stroke:var(--bar);stroke-width:3;opacity:.5}.dumbbells .before{fill:var(--card);stroke:var(--bar);stroke-width:2}.dumbbells .after{fill:var(--bar)}
.compared-tables h3{margin:16px 0 8px}.hero-figure svg{display:block;width:100%;height:auto;padding:12px 12px 0}
.legend-dots{display:inline-flex;gap:6px 16px;flex-wrap:wrap}.legend-dots i{display:inline-block;width:11px;height:11px;border-radius:50%;border:2px solid var(--bar);margin-right:6px;vertical-align:-1px}.legend-dots i.after{background:var(--bar)}
td .small{display:block;white-space:nowrap}.delta{white-space:nowrap}
.delta.fine{color:var(--fine)}.delta.look{color:var(--look)}
.compared{grid-template-columns:repeat(auto-fill,minmax(min(100%,560px),1fr))}
.panels{display:grid;grid-template-columns:repeat(var(--runs),minmax(0,1fr));gap:2px;background:var(--line)}
.panels figure{background:var(--card);min-width:0}
.panels figcaption{font-size:13px;line-height:1.35;padding:6px 10px 8px;color:var(--quiet);overflow-wrap:anywhere}.panels figcaption b{display:block;color:var(--ink);font-weight:600}
.stage i.photo{background-size:100% 100%}
.panels .none{display:grid;place-items:center;min-height:96px;height:100%;padding:8px;font-size:13px;color:var(--quiet);text-align:center}
.facts-table td,.facts-table th{overflow-wrap:anywhere;min-width:88px}.facts-table td:last-child{min-width:200px}.compared-tables tbody th{min-width:110px}#measures tbody th{min-width:190px}
@media (max-width:480px){.group:not(:has(.more-switch input:checked)) .cards.compared>:nth-child(n+3){display:none}.panels{grid-template-columns:repeat(auto-fill,minmax(150px,1fr));background:var(--card)}}
@media print{td .small{white-space:normal}#measures tbody th{min-width:170px}.cards.compared{grid-template-columns:repeat(2,1fr)}}
`;
