/*
 * Given names and surnames of the company's people, by language. Names in other scripts stand with the Latin spelling
 * their bearers would use in an address: `田中|Tanaka`.
 */

/** How a display name is put together. */
export type NameOrder = 'givenFirst' | 'surnameFirst' | 'surnameFirstJoined'

export interface NameList {
  readonly language: string
  /** ISO 3166 country of the office, and the place people work at. */
  readonly usageLocation: string
  readonly country: string
  readonly cities: readonly string[]
  readonly order: NameOrder
  /** How often people of the list are met, against the others. */
  readonly weight: number
  readonly given: readonly string[]
  readonly surnames: readonly string[]
}

const words = (text: string): readonly string[] => text.split(', ')

export const nameLists: readonly NameList[] = [
  {
    language: 'en-US',
    usageLocation: 'US',
    country: 'United States',
    cities: words('Boston, Seattle, Austin, Chicago'),
    order: 'givenFirst',
    weight: 14,
    given: words(
      'James, Mary, Robert, Patricia, John, Jennifer, Michael, Linda, David, Elizabeth, William, Barbara, Mary-Ann, Susan, Joseph, Jessica, DeShawn, Sarah, Christopher, Karen, Jean-Luc, Bo, Al, J.R.',
    ),
    surnames: words(
      "Smith, Johnson, Williams, Brown, Jones, Miller, Davis, Wilson, Anderson, Taylor, O'Brien, O'Neill, McDonald, St. John, Smith-Jones, D'Angelo, Null, Test, King, Wright-Phillips, Featherstonehaugh-Cholmondeley",
    ),
  },
  {
    language: 'en-GB',
    usageLocation: 'GB',
    country: 'United Kingdom',
    cities: words('London, Leeds, Bristol'),
    order: 'givenFirst',
    weight: 8,
    given: words(
      'Oliver, Amelia, George, Isla, Arthur, Ava, Noah, Mia, Freddie, Poppy, Sian, Rhys, Zoë, Chloë, Alasdair, Niamh',
    ),
    surnames: words(
      "Evans, Thomas, Roberts, Walker, Hughes, Thompson, O'Connor, Fitz-Gerald, Ap Rhys, MacLeod, Brontë, Bowes-Lyon, Ng, Lloyd George",
    ),
  },
  {
    language: 'de-DE',
    usageLocation: 'DE',
    country: 'Germany',
    cities: words('Berlin, München, Köln, Düsseldorf'),
    order: 'givenFirst',
    weight: 10,
    given: words(
      'Jürgen, Käthe, Björn, Sören, Günther, Anneliese, Hans-Peter, Karl-Heinz, Ursula, Jörg, Änne, Lukas, Mia, Jonas, Marie-Luise, Götz',
    ),
    surnames: words(
      'Müller, Schäfer, Groß, Weiß, Strauß, Köhler, Böhm, von der Leyen, zu Guttenberg, Müller-Lüdenscheidt, Leutheusser-Schnarrenberger, Schmidt, Fischer, Lüdtke, Öztürk',
    ),
  },
  {
    language: 'fr-FR',
    usageLocation: 'FR',
    country: 'France',
    cities: words('Paris, Lyon, Besançon'),
    order: 'givenFirst',
    weight: 7,
    given: words(
      'François, Hélène, Jean-Baptiste, Anaïs, Loïc, Cécile, Gaël, Zoé, Benoît, Maëlys, Noël, Aimée, Élodie, Thérèse, Marie-Ève',
    ),
    surnames: words(
      "Lefèvre, Dubois, Gérard, d'Estaing, de La Fontaine, L'Hôpital, Le Goff, Peña-Ruiz, Beaupré, Lemaître, Desœuvres, Saint-Exupéry, Çelik",
    ),
  },
  {
    language: 'es-ES',
    usageLocation: 'ES',
    country: 'Spain',
    cities: words('Madrid, Málaga, A Coruña'),
    order: 'givenFirst',
    weight: 7,
    given: words(
      'José, María José, Íñigo, Begoña, Ángel, Lucía, Raúl, Nuria, Iñaki, Concepción, Óscar, Inés, Jesús, Belén, Ximena',
    ),
    surnames: words(
      'García Márquez, Núñez de Balboa, Muñoz, Ibáñez, López de Haro, Pérez-Reverte, Ortega y Gasset, Ramón y Cajal, Sánchez, Fernández, Yáñez, Güell',
    ),
  },
  {
    language: 'pt-BR',
    usageLocation: 'BR',
    country: 'Brazil',
    cities: words('São Paulo, Florianópolis, Belém'),
    order: 'givenFirst',
    weight: 6,
    given: words(
      'João, Conceição, Thiago, Luíza, Antônio, Inês, Caetano, Débora, Estêvão, Flávia, Joaquim, Tainá, Zé, Ângela',
    ),
    surnames: words(
      'da Silva, dos Santos, Gonçalves, Araújo, de Assunção, Magalhães, Simões, Brandão e Sousa, Corrêa, Guimarães Rosa, Leitão',
    ),
  },
  {
    language: 'it-IT',
    usageLocation: 'IT',
    country: 'Italy',
    cities: words('Milano, Forlì, Torino'),
    order: 'givenFirst',
    weight: 5,
    given: words(
      'Niccolò, Giosuè, Chiara, Matteo, Letizia, Andrea, Giulia, Pierluigi, Mosè, Beatrice, Gian Marco, Noemi',
    ),
    surnames: words(
      "D'Annunzio, Dell'Acqua, Lo Presti, De Santis, Nicolò, Forlì, Rossi, Bianchi, Degl'Innocenti, Cantù, Esposito",
    ),
  },
  {
    language: 'nl-NL',
    usageLocation: 'NL',
    country: 'Netherlands',
    cities: words("Amsterdam, 's-Hertogenbosch, Utrecht"),
    order: 'givenFirst',
    weight: 5,
    given: words('Joël, Daniëlle, Sjoerd, IJsbrand, Femke, Coen, Thijs, Maartje, Jan-Willem, Noor, Wietse, Anouk'),
    surnames: words(
      "van der Berg, de Vries, van 't Hoff, in 't Veld, Van den Heuvel-Eibrink, Ten Cate, Jansen, 's Jacob, IJzerman, Terstappen, op den Camp",
    ),
  },
  {
    language: 'sv-SE',
    usageLocation: 'SE',
    country: 'Sweden',
    cities: words('Göteborg, Malmö, Luleå'),
    order: 'givenFirst',
    weight: 4,
    given: words('Åsa, Björn, Märta, Östen, Håkan, Linnéa, Göran, Elsa, Pär, Ylva, Sven-Åke, Maj-Britt'),
    surnames: words('Ångström, Öberg, Sjöström, Lindgren, Åkerfeldt, af Klintberg, Hägg, Björk, Västerås, von Rosen'),
  },
  {
    language: 'nb-NO',
    usageLocation: 'NO',
    country: 'Norway',
    cities: words('Tromsø, Bergen, Ålesund'),
    order: 'givenFirst',
    weight: 3,
    given: words('Øyvind, Sølvi, Åse, Bjørn, Jørgen, Ragnhild, Terje, Kåre, Solveig, Liv-Ragnhild'),
    surnames: words('Bjørnson, Ødegaard, Sæther, Grønli, Hauknæs, Aas, Kjær, Nordbø, Fjeldstad-Øverby'),
  },
  {
    language: 'da-DK',
    usageLocation: 'DK',
    country: 'Denmark',
    cities: words('København, Ærøskøbing'),
    order: 'givenFirst',
    weight: 3,
    given: words('Søren, Bodil, Jeppe, Astrid, Kjeld, Mille, Åge, Birthe, Rasmus, Sofie'),
    surnames: words('Sørensen, Nørgaard, Kierkegård, Møller, Ærø, Rasmussen, Lund, Bøgh Andersen'),
  },
  {
    language: 'fi-FI',
    usageLocation: 'FI',
    country: 'Finland',
    cities: words('Jyväskylä, Helsinki'),
    order: 'givenFirst',
    weight: 3,
    given: words('Väinö, Päivi, Äänis, Jääskö, Eero, Aino, Yrjö, Sinikka, Pekka, Outi'),
    surnames: words('Hämäläinen, Mäkelä, Järvinen, Yrjölä, Koskenkorva, Niinistö, Äyräpää, Virtanen'),
  },
  {
    language: 'is-IS',
    usageLocation: 'IS',
    country: 'Iceland',
    cities: words('Reykjavík, Ísafjörður'),
    order: 'givenFirst',
    weight: 2,
    given: words('Þórdís, Guðmundur, Ásgeir, Sæunn, Ragnheiður, Björgvin, Eyþór, Ólöf'),
    surnames: words('Þórðarson, Guðmundsdóttir, Sigurðsson, Ægisdóttir, Jónsdóttir, Kjartansson'),
  },
  {
    language: 'pl-PL',
    usageLocation: 'PL',
    country: 'Poland',
    cities: words('Łódź, Kraków, Gdańsk'),
    order: 'givenFirst',
    weight: 5,
    given: words('Łukasz, Małgorzata, Zdzisław, Świętosława, Grzegorz, Żaneta, Bogumił, Agnieszka, Wacław, Jadźka'),
    surnames: words(
      'Brzęczyszczykiewicz, Wiśniewski, Żółkiewska, Dąbrowski, Skłodowska-Curie, Ślusarczyk, Wójcik, Nowak, Błaszczykowski',
    ),
  },
  {
    language: 'cs-CZ',
    usageLocation: 'CZ',
    country: 'Czechia',
    cities: words('Praha, České Budějovice'),
    order: 'givenFirst',
    weight: 3,
    given: words('Jiří, Božena, Ondřej, Růžena, Zdeněk, Alžběta, Matěj, Šárka, Řehoř, Lucie'),
    surnames: words('Dvořák, Nováková, Řezníček, Šťastná, Kubišová, Žižka, Hřebejk, Čapek, Třeštíková'),
  },
  {
    language: 'hu-HU',
    usageLocation: 'HU',
    country: 'Hungary',
    cities: words('Budapest, Győr'),
    order: 'surnameFirst',
    weight: 3,
    given: words('Győző, Erzsébet, László, Zsófia, Árpád, Tünde, Ödön, Kinga, Gergő, Ágnes'),
    surnames: words('Nagy, Szőke, Kőműves, Széchényi, Ördög, Kovács, Tóth, Dessewffy'),
  },
  {
    language: 'ro-RO',
    usageLocation: 'RO',
    country: 'Romania',
    cities: words('București, Iași'),
    order: 'givenFirst',
    weight: 3,
    given: words('Ștefan, Ioană, Mihăiță, Țuțea, Raluca, Cătălin, Mălina, Dragoș, Anca'),
    surnames: words('Brâncuși, Ionescu, Țiriac, Șerban, Rădulescu, Hagi, Caragiale, Enăchescu'),
  },
  {
    language: 'tr-TR',
    usageLocation: 'TR',
    country: 'Türkiye',
    cities: words('İstanbul, İzmir, Muğla'),
    order: 'givenFirst',
    weight: 4,
    given: words('İbrahim, Işıl, Çağla, Gülşen, Oğuzhan, Şeyma, Ümit, Ayşe, Irmak, Özgür'),
    surnames: words('Yıldız, Çelik, Öztürk, İnönü, Işık, Erdoğan, Şahin, Güneş, Ağaoğlu'),
  },
  {
    language: 'vi-VN',
    usageLocation: 'VN',
    country: 'Vietnam',
    cities: words('Hà Nội, Đà Nẵng'),
    order: 'surnameFirst',
    weight: 4,
    given: words('Thị Hương, Văn Đức, Minh Anh, Ngọc Ánh, Quốc Bảo, Thu Hằng, Hữu Phước, Mỹ Duyên, Tuấn'),
    surnames: words('Nguyễn, Trần, Lê, Phạm, Hoàng, Đặng, Bùi, Đỗ, Vũ'),
  },
  {
    language: 'ja-JP',
    usageLocation: 'JP',
    country: 'Japan',
    cities: words('東京, 大阪, 京都'),
    order: 'surnameFirst',
    weight: 6,
    given: words(
      '美咲|Misaki, 健太|Kenta, さくら|Sakura, 翔太|Shota, 陽子|Yoko, 大輔|Daisuke, 結衣|Yui, 蓮|Ren, ケイ|Kei, 𠮷信|Yoshinobu',
    ),
    surnames: words(
      '田中|Tanaka, 佐藤|Sato, 鈴木|Suzuki, 髙橋|Takahashi, 渡邊|Watanabe, 山本|Yamamoto, 𠮷田|Yoshida, 小鳥遊|Takanashi',
    ),
  },
  {
    language: 'zh-CN',
    usageLocation: 'CN',
    country: 'China',
    cities: words('上海, 北京, 深圳'),
    order: 'surnameFirstJoined',
    weight: 6,
    given: words('伟|Wei, 芳|Fang, 秀英|Xiuying, 娜|Na, 敏|Min, 静|Jing, 丽|Li, 强|Qiang, 磊|Lei, 洋|Yang'),
    surnames: words('王|Wang, 李|Li, 张|Zhang, 刘|Liu, 陈|Chen, 杨|Yang, 欧阳|Ouyang, 吕|Lü, 诸葛|Zhuge'),
  },
  {
    language: 'ko-KR',
    usageLocation: 'KR',
    country: 'South Korea',
    cities: words('서울, 부산'),
    order: 'surnameFirstJoined',
    weight: 4,
    given: words(
      '민준|Min-jun, 서연|Seo-yeon, 지후|Ji-hoo, 하은|Ha-eun, 도윤|Do-yun, 수빈|Su-bin, 예준|Ye-jun, 지우|Ji-woo',
    ),
    surnames: words('김|Kim, 이|Lee, 박|Park, 최|Choi, 정|Jung, 남궁|Namgung, 황보|Hwangbo'),
  },
  {
    language: 'ru-RU',
    usageLocation: 'KZ',
    country: 'Kazakhstan',
    cities: words('Алматы, Астана'),
    order: 'givenFirst',
    weight: 4,
    given: words(
      'Алексей|Aleksei, Наталья|Natalia, Юрий|Yuri, Ольга|Olga, Фёдор|Fyodor, Щедрина|Shchedrina, Игорь|Igor, Людмила|Lyudmila',
    ),
    surnames: words(
      'Иванов|Ivanov, Щербаков|Shcherbakov, Мамин-Сибиряк|Mamin-Sibiryak, Королёв|Korolyov, Жуков|Zhukov, Цветаева|Tsvetaeva',
    ),
  },
  {
    language: 'uk-UA',
    usageLocation: 'UA',
    country: 'Ukraine',
    cities: words('Київ, Львів'),
    order: 'givenFirst',
    weight: 4,
    given: words(
      "Олена|Olena, Сергій|Serhii, Ганна|Hanna, Ярослав|Yaroslav, В'ячеслав|Viacheslav, Їжакевич|Yizhakevych, Леся|Lesia, Юлія|Yuliia",
    ),
    surnames: words(
      "Шевченко|Shevchenko, Українка|Ukrainka, Знам'янський|Znamianskyi, Косач-Квітка|Kosach-Kvitka, Ґонта|Gonta, Щур|Shchur",
    ),
  },
  {
    language: 'bg-BG',
    usageLocation: 'BG',
    country: 'Bulgaria',
    cities: words('София, Пловдив'),
    order: 'givenFirst',
    weight: 2,
    given: words('Георги|Georgi, Цветана|Tsvetana, Христо|Hristo, Десислава|Desislava, Явор|Yavor, Мария|Maria'),
    surnames: words('Димитров|Dimitrov, Петрова|Petrova, Ъглев|Aglev, Щърбанов|Shtarbanov, Христов|Hristov'),
  },
  {
    language: 'el-GR',
    usageLocation: 'GR',
    country: 'Greece',
    cities: words('Αθήνα, Θεσσαλονίκη'),
    order: 'givenFirst',
    weight: 3,
    given: words(
      'Γιώργος|Giorgos, Ελένη|Eleni, Σωκράτης|Sokratis, Ευαγγελία|Evangelia, Θεοφάνης|Theofanis, Ξένια|Xenia',
    ),
    surnames: words(
      'Παπαδόπουλος|Papadopoulos, Χατζηδάκη|Chatzidaki, Θεοδωράκης|Theodorakis, Παπακωνσταντίνου|Papakonstantinou, Ψαρρός|Psarros',
    ),
  },
  {
    language: 'ar-AE',
    usageLocation: 'AE',
    country: 'United Arab Emirates',
    cities: words('دبي, أبو ظبي'),
    order: 'givenFirst',
    weight: 4,
    given: words(
      'محمد|Mohammed, فاطمة|Fatima, عبد الله|Abdullah, نورة|Noura, خالد|Khalid, ليلى|Layla, يوسف|Yousef, مريم|Maryam',
    ),
    surnames: words(
      'آل نهيان|Al Nahyan, الهاشمي|Al-Hashimi, بن راشد|bin Rashid, الفارسي|Al-Farsi, حداد|Haddad, المنصوري|Al-Mansouri',
    ),
  },
  {
    language: 'he-IL',
    usageLocation: 'IL',
    country: 'Israel',
    cities: words('תל אביב, חיפה'),
    order: 'givenFirst',
    weight: 3,
    given: words('נועם|Noam, תמר|Tamar, יוסף|Yosef, שירה|Shira, אלעד|Elad, יעל|Yael'),
    surnames: words(
      'כהן|Cohen, לוי|Levi, בן־דוד|Ben-David, מזרחי|Mizrahi, אבו חצירא|Abuhatzeira, ז׳בוטינסקי|Jabotinsky',
    ),
  },
  {
    language: 'hi-IN',
    usageLocation: 'IN',
    country: 'India',
    cities: words('मुंबई, Bengaluru, Pune'),
    order: 'givenFirst',
    weight: 7,
    given: words(
      'आरव|Aarav, प्रिया|Priya, विवेक|Vivek, अनन्या|Ananya, श्रीकृष्ण|Shrikrishna, लक्ष्मी|Lakshmi, ऋषि|Rishi, ईशा|Isha',
    ),
    surnames: words('शर्मा|Sharma, कुमार|Kumar, सिंह|Singh, अय्यर|Iyer, त्रिपाठी|Tripathi, द्विवेदी|Dwivedi, ठाकुर|Thakur'),
  },
  {
    language: 'ta-IN',
    usageLocation: 'IN',
    country: 'India',
    cities: words('சென்னை, மதுரை'),
    order: 'givenFirst',
    weight: 2,
    given: words('முருகன்|Murugan, தமிழ்செல்வி|Tamilselvi, கார்த்திக்|Karthik, மீனாட்சி|Meenakshi, அருண்|Arun'),
    surnames: words('வெங்கடேசன்|Venkatesan, சுப்பிரமணியன்|Subramanian, கிருஷ்ணமூர்த்தி|Krishnamurthy'),
  },
  {
    language: 'th-TH',
    usageLocation: 'TH',
    country: 'Thailand',
    cities: words('กรุงเทพมหานคร, เชียงใหม่'),
    order: 'givenFirst',
    weight: 2,
    given: words('สมชาย|Somchai, กนกวรรณ|Kanokwan, ธนาธร|Thanathorn, พิมพ์ใจ|Pimjai, ณัฐ|Nat'),
    surnames: words('ศรีสุวรรณ|Srisuwan, วงศ์สวัสดิ์|Wongsawat, เจริญวัฒนาพงศ์ไพศาล|Charoenwattanaphongphaisan, ทองดี|Thongdee'),
  },
  {
    language: 'ka-GE',
    usageLocation: 'GE',
    country: 'Georgia',
    cities: words('თბილისი, ბათუმი'),
    order: 'givenFirst',
    weight: 2,
    given: words('გიორგი|Giorgi, ნინო|Nino, თამარ|Tamar, ლუკა|Luka, ქეთევან|Ketevan'),
    surnames: words('მაისურაძე|Maisuradze, ბერიძე|Beridze, წყალობაძე|Tsqalobadze, ჯუღაშვილი|Jughashvili'),
  },
  {
    language: 'id-ID',
    usageLocation: 'ID',
    country: 'Indonesia',
    cities: words('Jakarta, Yogyakarta'),
    order: 'givenFirst',
    weight: 4,
    given: words('Suharto, Dewi, Budi, Siti Nurhaliza, Wayan, Putri Ayu, Agus, I Gusti Ngurah'),
    surnames: words('Wijaya, Santoso, Kusuma, Halim, Sastrowardoyo'),
  },
]
