/**
 * What a script adds to a page that is complete without it: sorting, an enlarged view with all maps side by side, opacity, copying,
 * filtering by flag, and the switches' state in the address. No data in here: it reads the page.
 */
export const pageScript = `'use strict';
const $=(selector,root=document)=>[...root.querySelectorAll(selector)];
const make=(tag,properties={},...children)=>{const node=Object.assign(document.createElement(tag),properties);node.append(...children);return node};
function sortable(table){
  $('thead th',table).forEach((head,column)=>{
    const button=make('button',{type:'button'},...head.childNodes);
    head.replaceChildren(button);
    button.addEventListener('click',()=>{
      const down=head.getAttribute('aria-sort')!=='descending'&&column>0;
      $('th',head.parentNode).forEach((other)=>other.removeAttribute('aria-sort'));
      head.setAttribute('aria-sort',down?'descending':'ascending');
      const value=(row)=>row.cells[column].dataset.value??row.cells[column].textContent.trim();
      const rows=[...table.tBodies[0].rows].sort((a,b)=>{
        const x=value(a),y=value(b);
        const order=column===0?x.localeCompare(y):Number(x)-Number(y);
        return down?-order:order;
      });
      table.tBodies[0].append(...rows);
    });
  });
}
function copyable(block){
  const button=make('button',{type:'button',className:'plain',textContent:'Copy the command'});
  button.addEventListener('click',async()=>{
    try{await navigator.clipboard.writeText(block.textContent);button.textContent='Copied'}
    catch{getSelection().selectAllChildren(block);button.textContent='Selected: copy it now'}
  });
  block.after(button);
}
function addOpacity(bar){
  const range=make('input',{type:'range',min:'0.2',max:'1',step:'0.1',value:'1'});
  range.addEventListener('input',()=>document.documentElement.style.setProperty('--strength',range.value));
  bar.append(make('label',{className:'opacity'},'Opacity',range));
}
const dialog=make('dialog');
function view(stage,keep,caption){
  const copy=stage.cloneNode(true);
  copy.classList.add(keep===undefined?'plain':'pinned');
  const shown=$('.map',copy)[keep];
  $('.map',copy).forEach((map)=>{if(map!==shown)map.remove()});
  $('.hit',copy).forEach((hit)=>{if(!shown?.classList.contains(hit.classList[1]))hit.remove();hit.removeAttribute('for')});
  copy.style.width='100%';copy.style.height='auto';
  return make('figure',{},copy,make('figcaption',{textContent:caption}));
}
function addLabels(figure,card){
  for(const [left,top,text,color] of JSON.parse(card.dataset.labels??'[]')){
    const label=make('span',{className:top<6?'label inside':'label',textContent:text});
    if(left>72)label.style.right='0';else label.style.left=left+'%';
    label.style.top=top+'%';
    label.style.borderLeft='4px solid '+color;
    figure.firstChild.append(label);
  }
}
function thinLabels(){
  const kept=[];
  for(const label of $('.label',dialog)){
    const a=label.getBoundingClientRect();
    label.hidden=kept.some((b)=>a.left<b.right&&b.left<a.right&&a.top<b.bottom&&b.top<a.bottom);
    if(!label.hidden)kept.push(a);
  }
}
function addPlace(figure,place){
  const [left,top,width,height]=place.split(' ').map((share)=>share+'%');
  const at=make('span',{className:'at'});
  Object.assign(at.style,{left,top,width,height});
  figure.firstChild.append(at);
}
function enlarge(card,place){
  const stages=$('.stage',card);
  const photos=stages.map((stage)=>view(stage,undefined,stage.dataset.run??'Photo with the objects, their class and confidence'));
  addLabels(photos[0],card);
  if(place)addPlace(photos[0],place);
  const most=Math.max(...stages.map((stage)=>$('.map',stage).length));
  const maps=[...Array(most).keys()].flatMap((i)=>stages.flatMap((stage)=>{
    const map=$('.map',stage)[i];
    return map?[view(stage,i,[stage.dataset.run,map.dataset.title].filter(Boolean).join(': '))]:[];
  }));
  const close=make('button',{type:'button',className:'plain',textContent:'Close'});
  close.addEventListener('click',()=>dialog.close());
  const title=make('h2',{id:'dialog-title',textContent:(card.querySelector('.key')??card.querySelector('h4')).textContent});
  const more=[...$('.card-body > p',card),...$('.card-foot .scroll',card)].map((node)=>node.cloneNode(true));
  dialog.setAttribute('aria-labelledby','dialog-title');
  dialog.replaceChildren(make('div',{className:'dialog-head'},title,close),make('div',{className:'dialog-maps'},...photos,...maps),make('div',{className:'dialog-more'},...more));
  dialog.showModal();
  thinLabels();
}
function addEnlarge(card){
  const name=card.querySelector('h4').textContent;
  const button=make('button',{type:'button',className:'plain',textContent:'All maps'});
  button.setAttribute('aria-label','All maps of '+name);
  button.addEventListener('click',()=>enlarge(card));
  card.querySelector('.card-foot').prepend(button);
  for(const frame of $('.frame',card)){
    frame.style.cursor='zoom-in';
    frame.addEventListener('click',(event)=>{if(!event.target.closest('.hit'))button.click()});
  }
}
function addWhole(link){
  const card=document.getElementById(link.hash.slice(1));
  link.addEventListener('click',(event)=>{
    if(!card)return;
    event.preventDefault();
    enlarge(card,link.dataset.at);
  });
}
const note=make('p',{className:'filter-note',hidden:true});
note.setAttribute('role','status');
function filterBy(flag,label){
  $('.group').forEach((group)=>{
    const cards=$('.card',group);
    for(const card of cards)card.hidden=flag!==undefined&&!card.dataset.flags.split(' ').includes(flag);
    group.hidden=cards.every((card)=>card.hidden);
  });
  note.hidden=flag===undefined;
  const all=make('button',{type:'button',className:'plain',textContent:'Show all images'});
  all.addEventListener('click',()=>filterBy());
  note.replaceChildren('Only: '+(label??''),all);
}
function addFilter(link){
  link.addEventListener('click',(event)=>{
    event.preventDefault();
    filterBy(link.dataset.flag,link.textContent);
    document.getElementById('gallery').scrollIntoView();
  });
}
function keepState(){
  const inputs=$('fieldset.switch input');
  const state=new URLSearchParams(location.hash.slice(1));
  for(const input of inputs)if(state.get(input.name)===input.id)input.checked=true;
  for(const input of inputs)input.addEventListener('change',()=>{
    const now=inputs.filter((one)=>one.checked&&!one.defaultChecked).map((one)=>one.name+'='+one.id);
    history.replaceState(null,'','#'+now.join('&'));
  });
}
$('table.sortable').forEach(sortable);
$('.copy').forEach(copyable);
$('.controls').forEach(addOpacity);
$('.card').forEach(addEnlarge);
$('a.frame').forEach(addWhole);
$('.flag-link').forEach(addFilter);
document.querySelector('#gallery .lead')?.after(note);
document.body.append(dialog);
addEventListener('popstate',()=>dialog.close());
keepState();
`;
