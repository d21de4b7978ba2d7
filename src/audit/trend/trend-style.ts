/** What the page of an audit has beyond the report's style: the strip of nights, and wide charts. */
export const trendStyle = `
.line.first{stroke:var(--bar)}.line.other{stroke:var(--second)}.line .dot{fill:var(--card);stroke-width:2}
.line .dot.failed{fill:var(--problem);stroke:var(--problem)}
.line a{cursor:pointer}.line a:hover .dot,.line a:focus-visible .dot{fill:var(--link);stroke:var(--link)}
.strip{display:flex;flex-wrap:wrap;gap:2px;margin-top:24px}
.cell{display:grid;place-items:center;width:32px;height:32px;border-radius:6px}a.cell:hover{background:var(--sunk)}
.trends{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,560px),1fr));gap:16px}
.nights tbody th{white-space:nowrap}.nights th .small,.nights td .small{display:block;font-weight:400}.nights td:nth-child(3){min-width:280px;max-width:64ch}
@media (max-width:600px){.trends svg text{font-size:18px}}
@media (pointer:coarse){.cell{width:44px;height:44px}}
`;
