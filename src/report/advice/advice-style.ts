/** The contact sheet: one row an image, one column a map; the images stay where they are while the maps are scrolled. */
export const adviceStyle = `
.sheet{width:max-content}.sheet th,.sheet td{padding:4px;border:0;vertical-align:bottom;min-width:0;max-width:152px}
.sheet thead th{font-size:13px;line-height:1.35}.sheet thead b{display:block;color:var(--ink);font-size:14px}.sheet thead span{display:block;font-weight:400;width:144px;overflow-wrap:anywhere}
.sheet tbody td,.sheet tbody th{vertical-align:top}
.sheet tr>:first-child{position:sticky;left:0;z-index:2;background:var(--page)}
.sheet .name{display:block;font-size:12px;font-weight:400;color:var(--quiet);width:144px;overflow-wrap:anywhere;padding-top:2px}
.cell{position:relative;width:144px;overflow:hidden;border-radius:4px;background:#8a8f98}
.cell>*{position:absolute;inset:0;width:100%;height:100%;display:block;background-size:100% 100%}
.cell .under{filter:grayscale(1)}.cell.color .under{filter:none}
.cell .outlines{opacity:.75}
.cell .degenerate{filter:none!important;background:repeating-linear-gradient(135deg,rgb(255 255 255/.45) 0 3px,rgb(18 21 26/.45) 3px 6px,transparent 6px 16px)}
@media (max-width:600px){.cell,.sheet thead span,.sheet .name{width:104px}}
@media print{.sheet{width:100%;table-layout:fixed}.sheet tr>:nth-child(n+9){display:none}.cell,.sheet thead span,.sheet .name{width:auto}}
`;
