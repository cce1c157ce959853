/** The commonest words of English, roughly in order of frequency: the head of the vocabulary. */
export const FUNCTION_WORDS: readonly string[] = `
the of and to a in that he was it his i with as had for you her not is at but on be she him they have by which all my
this from were me so one said or we their what them when no there are who an would if up out been will do into more
then about your could some like its time now any over only than other very two little these after man upon great
before such made us our good did old must down see know well here come should can don't never may most where first
much has own might how day men again without being long way through every came himself before think back himself life
make might go still even people under those another while last it's place always nothing away too went house just
thought same many each look hand years don't right though found eyes both such let because off take once against yet
night between shall until young looked say head things few next left world part three work face seemed told asked
whole door since saw heard thing room took ever got however having knew small half mind enough end country something
half white home going gave tell can't better among called side water love seen put want give whom done themselves
almost light gone new get round far moment father mother god mr mrs hands heart use state king quite certain also
name set word words full less general stood course present number i'm poor soon turned rather several war felt true
within best form high kind case cannot sort turn together along herself second brought week money dear why city air
black town land near sea river street rest open read book letter morning evening sun horse wife son boy children
woman women friend friends fact question order power law reason answer point matter manner hour hours minutes days
times year month hundred thousand five four six ten twenty either neither nor whether perhaps indeed therefore thus
hence already often sometimes usually behind beside above below across toward towards around during except despite
won't didn't couldn't wouldn't isn't wasn't that's there's you're they're we'll i'll he'd she'd who's let's
`
  .trim()
  .split(/\s+/);
