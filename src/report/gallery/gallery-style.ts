/** Photos with their maps: the gallery, its control bar and the enlarged view. */
export const galleryStyle = `
.controls{position:sticky;top:0;z-index:5;display:flex;flex-wrap:wrap;gap:8px 24px;align-items:center;padding:12px 0;background:var(--page);border-bottom:1px solid var(--line);margin-bottom:16px}
.controls .opacity{display:inline-flex;align-items:center;gap:8px;font-size:14px;color:var(--quiet);min-height:32px}
.controls .opacity input{width:112px;accent-color:var(--bar)}
.legend{display:inline-flex;align-items:center;gap:8px;font-size:14px;color:var(--quiet);flex-wrap:wrap}
.legend i{display:block;width:112px;height:12px;border-radius:3px;border:1px solid var(--line)}
.group{margin-top:40px}
.group>p{margin:4px 0 16px;max-width:68ch}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,280px),1fr));gap:16px}
.card{background:var(--card);border:1px solid var(--line);border-radius:8px;overflow:hidden;display:flex;flex-direction:column;min-width:0}
.card[hidden]{display:none}
.frame{display:grid;place-items:center;background:light-dark(#e3e6eb,#0c0e12);overflow:hidden}
.stage{position:relative;overflow:hidden;background:#8a8f98;min-height:4px;min-width:4px}
.stage.landscape{width:100%}.stage.portrait{height:100%;max-width:100%}
.stage>*{position:absolute;display:block;max-width:none}
.stage .photo{inset:0;width:100%;height:100%;filter:grayscale(1)}
.stage .map{display:none;image-rendering:auto;opacity:var(--strength,1)}
.stage .degenerate,.mean .degenerate{position:absolute;inset:0;opacity:1;filter:none!important;background:repeating-linear-gradient(135deg,rgb(255 255 255/.45) 0 3px,rgb(18 21 26/.45) 3px 6px,transparent 6px 16px)}
.degenerate>span{position:absolute;inset:0;margin:auto;width:max-content;height:max-content;max-width:90%;padding:2px 8px;font-size:13px;font-weight:500;background:rgb(18 21 26/.85);color:#fff}
.stage::after{position:absolute;inset:0;margin:auto;width:max-content;height:max-content;padding:2px 8px;font-size:13px;background:rgb(18 21 26/.85);color:#fff}.of-class,.of-box,.stage .hit,.pick{display:none}
.controls+.apart{max-width:none;margin:-4px 0 8px}
.hit{cursor:pointer;min-width:8px;min-height:8px;outline:3px solid transparent;outline-offset:-1px;z-index:1}.hit:hover{outline-color:rgb(255 255 255/.6)}.pinned .hit{display:block;outline-color:#fff;box-shadow:0 0 0 3.5px rgb(11 13 17/.8);cursor:auto}
.pick{border:0;flex-wrap:wrap;gap:4px 6px;min-width:0}.pick label{position:relative;font-size:12px;line-height:24px;min-height:26px;padding-inline-end:8px;border:1px solid var(--edge);border-radius:13px;cursor:pointer;overflow-wrap:anywhere;background-position:7px 50%,6px 50%;padding-inline-start:23px}
.pick label:has(:checked){box-shadow:0 0 0 1px var(--ink);border-color:var(--ink)}.pick label:has(:focus-visible){outline:2px solid var(--link);outline-offset:2px}.pick input{position:absolute;inset:0;opacity:0;margin:0;cursor:pointer}
.stage .boxes{inset:0;width:100%;height:100%;overflow:hidden}
.stage .label{font-size:12px;line-height:16px;padding:0 4px;background:rgb(11 13 17/.8);color:#fff;white-space:nowrap;transform:translateY(-100%)}
.stage .label.inside{transform:none}.stage .label[hidden]{display:none}
.swatch{padding-inline-start:17px;background:linear-gradient(var(--class) 0 0) 1px 50%/10px 10px no-repeat,linear-gradient(var(--edge) 0 0) 0 50%/12px 12px no-repeat;print-color-adjust:exact;forced-color-adjust:none}tbody th:has(.swatch){min-width:128px}
.card-body{padding:12px 16px 8px;display:flex;flex-direction:column;gap:8px;flex:1}
.chips{display:flex;flex-wrap:wrap;gap:4px}
.chip{display:inline-flex;align-items:center;gap:4px;font-size:12px;line-height:20px;padding:0 8px;border-radius:10px;background:var(--sunk);color:var(--ink)}
.chip .mark{width:14px;height:14px}
.chip.tone-look{background:var(--look-tint);color:var(--look)}.chip.tone-problem{background:var(--problem-tint);color:var(--problem)}.chip.tone-note{background:var(--note-tint);color:var(--note)}
.card h4{font-size:14px;font-weight:600;line-height:1.4;display:-webkit-box;-webkit-line-clamp:2;-webkit-box-orient:vertical;overflow:hidden;overflow-wrap:anywhere}
.card p{font-size:14px;line-height:1.45;color:var(--quiet)}
.numbers{display:grid;grid-template-columns:1fr 1fr;gap:4px 16px;font-size:14px;border-top:1px solid var(--line);padding-top:8px;margin-top:auto}
.numbers dt{color:var(--quiet);font-size:12px;line-height:1.3}
.numbers dd{font-weight:600;margin-bottom:4px}
.numbers dd small{font-size:12px;font-weight:400;white-space:nowrap}
.card-foot{display:flex;flex-wrap:wrap;gap:0 16px;align-items:flex-start;justify-content:space-between}
.card-foot details{margin:0}.card-foot details[open]{flex:1 1 100%}
.card-foot table{font-size:12px}.card-foot th,.card-foot td{padding:4px 6px}
.key{font-size:12px;overflow-wrap:anywhere;user-select:all}
.mean-maps{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,240px),1fr));gap:16px}
.mean-maps.small-maps{grid-template-columns:repeat(auto-fill,minmax(150px,1fr))}
.mean-maps figure{background:var(--card);border:1px solid var(--line);border-radius:8px;overflow:hidden}
.mean-maps figcaption{padding:12px 16px;font-size:14px;color:var(--quiet)}
.mean-maps figcaption b{color:var(--ink);display:block}.mean-maps figcaption b.swatch{display:table}
.mean{position:relative;overflow:hidden;background:#8a8f98}
.mean img{position:absolute;inset:0;width:100%;height:100%}
.mean svg{position:absolute;inset:0;width:100%;height:100%}
.mean .under{fill:none;stroke:#0b0d11;stroke-opacity:.75;stroke-width:4px;vector-effect:non-scaling-stroke}.mean .over{fill:none;stroke-width:2px;vector-effect:non-scaling-stroke}
.more-switch{display:none}
dialog{border:1px solid var(--line);border-radius:8px;background:var(--card);color:var(--ink);padding:0;width:min(1400px,96vw);max-height:94vh}
dialog::backdrop{background:rgb(0 0 0/.6)}
.dialog-head{display:flex;gap:16px;align-items:flex-start;justify-content:space-between;padding:16px;border-bottom:1px solid var(--line);position:sticky;top:0;background:var(--card);z-index:3}
.dialog-head h2{font-size:20px;margin:0;overflow-wrap:anywhere}
.dialog-maps{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,320px),1fr));gap:16px;padding:16px}
.dialog-maps figcaption{font-size:14px;color:var(--quiet);padding-top:4px}
.dialog-more{padding:0 16px 16px;display:grid;gap:8px;font-size:14px}
.stage.pinned .map{display:block!important}.stage.plain .photo{filter:none!important}
.filter-note{display:flex;flex-wrap:wrap;gap:8px;align-items:center;font-size:14px}
@media (max-width:480px){.mean-maps,.mean-maps.small-maps{grid-template-columns:1fr 1fr;gap:8px}.mean-maps figcaption{padding:8px}.more-switch{display:inline-flex;align-items:center;gap:8px;font-size:14px;min-height:44px;margin-top:8px;color:var(--link)}
.group:not(:has(.more-switch input:checked)) .cards>:nth-child(n+3){display:none}.controls{position:static}.switch label{padding:0 8px}}
@media print{.pick label:not(:has(:checked)),.card-foot,.more-switch{display:none}.cards{grid-template-columns:repeat(3,1fr)}.group .cards>*{display:flex!important}}
`;
