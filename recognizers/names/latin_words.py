"""Small closed lists for text in Latin scripts: titles, company suffixes, street words, stop words.

All in the form that :func:`recognizers.names.latin_features.key` makes: lower case, no accents.
"""

from __future__ import annotations


def word_set(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


TITLES = word_set("""
    mr mrs ms miss mx dr prof professor doctor sir madam madame lord lady dame rev reverend fr father
    hon judge justice capt captain col colonel gen general lt lieutenant sgt sergeant maj major cmdr
    president senator congressman congresswoman minister secretary ambassador governor mayor sheikh
    sheik sultan emir king queen prince princess pope bishop archbishop cardinal imam rabbi pastor
    chairman chairwoman chief coach detective inspector officer attorney mister messrs
    herr herrn frau dipl ing mag monsieur mme mlle mademoiselle me maitre docteur professeur
    senor senora senorita sr sra srta don dona d da dra doctora profesor profesora lic
    mevrouw meneer dhr mevr mw drs ir senhor senhora exmo exma dom doutor doutora eng
    signor signora signorina sig dott dottor dottoressa ssa avv avvocato ingegnere geom rag
    pan pani panu panem herra rouva fru froken
""")

COMPANY_SUFFIXES = word_set("""
    inc incorporated llc ltd limited corp corporation plc llp lp lllp pllc pc gmbh ag kg kgaa ug ohg
    gbr se sa sas sarl sasu eurl snc spa srl bv nv vof oy oyj ab as asa aps sl slu sapi ltda eireli
    pte pty sdn bhd kk pvt co company cv jsc pjsc ojsc ooo zao sp zoo nyrt kft doo dd ehf hf
""")

ORGANISATION_WORDS = word_set("""
    group holdings holding bank university college institute hospital ministry department committee
    council association foundation court agency bureau partners associates systems technologies
    technology union party club board commission school church fund trust society authority academy
    airlines airways capital center centre clinic consulting federation industries insurance
    international labs laboratories league logistics media museum network networks office
    organisation organization parliament police press securities services software solutions studio
    studios ventures army navy senate congress
    universitat hochschule krankenhaus klinikum bundesamt amt verein stiftung gesellschaft bank
    universite hopital societe banque ministere lycee clinique mairie association
    universidad hospital sociedad banco ministerio instituto colegio ayuntamiento fundacion clinica
    universiteit ziekenhuis stichting vereniging gemeente ministerie
    universidade sociedade ministerio prefeitura camara tribunal escola
    universita ospedale societa banca ministero comune istituto fondazione azienda
    uniwersytet szpital ministerstwo spolka fundacja urzad
    universitet sjukhus sygehus kommun kommune stiftelsen bolaget yliopisto sairaala kaupunki
""")

STREET_WORDS = word_set("""
    street st road rd avenue ave av boulevard blvd lane ln drive dr way court ct square sq terrace
    place pl close crescent cres highway hwy parkway pkwy circle cir trail row walk gardens grove
    mews quay wharf apt apartment suite ste floor fl unit flat building bldg block house room box po
    strasse str weg platz allee gasse ring damm ufer chaussee hof postfach
    rue chemin impasse quai cours route place bp
    calle avda avenida plaza paseo camino carretera ronda travesia urbanizacion c piso puerta
    straat laan plein gracht kade dijk postbus
    rua travessa alameda praca estrada rodovia andar
    via viale corso piazza piazzale largo vicolo strada
    ulica ul aleja al plac pl osiedle os
    gatan gata vagen vag torget gade vej alle plads katu tie kuja polku
""")

CALENDAR = word_set("""
    january february march april may june july august september october november december
    jan feb mar apr jun jul aug sep sept oct nov dec
    monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun
    januar februar marz mai juni juli oktober dezember montag dienstag mittwoch donnerstag freitag
    samstag sonntag janvier fevrier mars avril juin juillet aout septembre octobre novembre decembre
    lundi mardi mercredi jeudi vendredi samedi dimanche enero febrero marzo abril mayo junio julio
    agosto septiembre octubre noviembre diciembre lunes martes miercoles jueves viernes sabado domingo
    janeiro fevereiro marco maio junho julho setembro outubro novembro dezembro
    gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre lunedi martedi mercoledi
    giovedi venerdi maandag dinsdag woensdag donderdag vrijdag zaterdag zondag maart mei augustus
    stycznia lutego marca kwietnia maja czerwca lipca sierpnia wrzesnia pazdziernika listopada grudnia
    mandag tirsdag onsdag torsdag fredag lordag sondag mandag tisdag lordag
    tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesakuuta heinakuuta elokuuta syyskuuta
    lokakuuta marraskuuta joulukuuta
""")

# Words that tell languages apart; none of another's.
LANGUAGE_WORDS: dict[str, str] = {
    word: language
    for language, words in {
        "en": "the of and that is was for with by are this be have from or which you would their it's",
        "de": "der und die das nicht ist mit von dem den ein eine fur auf sich auch wird wurde bei zum zur im",
        "fr": "le les et du des dans est une pour qui sur par au avec plus ce cette aux ont etait",
        "es": "el los las y del por con una para su que fue como lo mas al pero este esta anos",
        "nl": "het een van niet voor op zijn met aan ook er maar werd naar bij uit deze wordt",
        "pt": "os as um uma em na da do dos das ao pela pelo mais foi nao com sao seu sua",
        "it": "il di che gli della del per nel con alla dei delle sono anche piu nella dal come ed",
        "pl": "w z na sie nie jest do oraz przez od jako po roku byl ktory przy dla ze",
        "sv": "och att det som av ar pa inte till har den ett vi jag om ska kan eller fran",
        "da": "og til af ikke det som er pa har blev ved fra eller jeg hvor man",
        "fi": "ja on ei oli han mutta kun se myos ovat joka sen tai mita olla vuonna",
    }.items()
    for word in words.split()
}
for _shared in ("som", "det", "den", "har", "pa", "er", "om", "del", "como", "na", "do", "da", "con",
                "una", "del", "en", "par", "as", "per", "con", "el", "as", "or", "die", "man", "on",
                "po", "od", "od", "op", "em", "al", "lo", "was", "ed", "il", "au", "an", "se"):  # fmt: skip
    LANGUAGE_WORDS.pop(_shared, None)

# Parties and posts, by which contracts and letters speak of someone without naming them.
ROLES = frozenset(
    role.strip()
    for role in """
    borrower, borrowers, lender, lenders, company, the company, bank, executive, employee, employees, employer, customer,
    customers, client, clients, supplier, suppliers, buyer, seller, purchaser, landlord, tenant, lessor, lessee, licensor,
    licensee, agent, administrative agent, collateral agent, trustee, guarantor, guarantors, parent, holdings, corporation,
    contractor, subcontractor, consultant, recipient, discloser, disclosing party, receiving party, interested party, party,
    parties, third party, third parties, representative, representatives, affiliate, affiliates, subsidiary, subsidiaries,
    shareholder, shareholders, stockholder, stockholders, member, members, manager, managers, board, board of directors,
    director, directors, officer, officers, issuer, investor, investors, vendor, provider, service provider, user, users,
    beneficiary, insured, insurer, policyholder, chairman, president, secretary, treasurer, vice president, ceo, cfo, cto,
    coo, chief executive officer, chief financial officer, general counsel, partner, partners, principal, owner, owners,
    applicant, candidate, patient, patients, plaintiff, defendant, claimant, respondent, petitioner, appellant, witness,
    notary, notary public, assignee, assignor, indemnitee, indemnitor, mortgagor, mortgagee, grantor, grantee, pledgor,
    debtor, creditor, obligor, arranger, sponsor, target, business, firm, fund, trust, plan, committee, court, state,
    government, department, authority, team, group, staff, personnel, customer service, human resources, sales, support,
    delaware corporation, agreement, confidential information, evaluation material, effective date, esq, attorney, counsel,
    auftraggeber, auftragnehmer, kunde, kaufer, verkaufer, vermieter, mieter, arbeitgeber, arbeitnehmer, lieferant,
    gesellschaft, gesellschafter, geschaftsfuhrer, vertragspartner, client, fournisseur, prestataire, vendeur, acheteur,
    bailleur, locataire, employeur, salarie, societe, cliente, proveedor, prestador, vendedor, comprador, arrendador,
    arrendatario, empleador, trabajador, sociedad, paciente, fornitore, committente, acquirente, venditore, locatore,
    conduttore, datore di lavoro, lavoratore, fornecedor, contratante, contratado, locador, locatario, empregador,
    issuing bank, paying agent, registrar, lead arranger, bookrunner, syndication agent, documentation agent, security agent,
    escrow agent, indenture trustee, owner trustee, servicer, depositor, general partner, limited partner, loan parties,
    loan party, credit parties, credit party, required lenders, holders, noteholders, underwriters, initial purchasers,
    swing line lender, swingline lender, corporate trust administration, corporate trust office, claims department, legal department,
    accounts receivable, accounts payable, finance department, credit department, it department, sales department,
    holding company, operating company, managing member, authorized signatory, solicitor, selling stockholders,
    arbeitnehmerin, preneur, le preneur, auftraggeberin, vermieterin, mieterin,
    opdrachtgever, opdrachtnemer, verkoper, koper, verhuurder, huurder, werkgever, werknemer, leverancier
    """.replace("\n", " ").split(",")
)

# What the tagger is seen to take for names and never is one, alone or beside its like.
NO_NAMES = frozenset(
    word.strip()
    for word in """
    dear, hi, hello, hey, regards, best regards, kind regards, sincerely, thanks, thank you, yours, cheers, sir, madam,
    sir or madam, all, team, everyone, name, full name, first name, last name, surname, given name, address, date, title,
    phone, telephone, tel, fax, mobile, email, e, mail, subject, re, fwd, cc, bcc, attn, attention, signature, signed, page,
    section, article, chapter, table, figure, appendix, exhibit, schedule, annex, note, total, amount, invoice, order, price,
    quantity, status, description, item, type, id, no, number, yes, true, false, none, null, nan, na, tbd, todo, ok, error,
    warning, info, debug, monday, tuesday, wednesday, thursday, friday, saturday, sunday, confidential, draft, internal,
    whereas, witness whereof, in witness whereof, now, therefore, hereby, internet, english, christmas, easter, god, python,
    java, javascript, json, xml, html, http, https, api, url, sql, csv, pdf, excel, powerpoint, linux, windows, android, ios,
    covid, usd, eur, gbp, cny, rmb, vat, nombre, apellidos, nom, prenom, nome, cognome, naam, vorname, nachname, anrede,
    the, telecopy, telecopier, facsimile, medicare, medicaid, statistics, claims, sd, iqr, gaap, ebitda,
    smtp, esmtp, lmtp, imap, rgb, cmyk, pdt, pst, est, edt, gmt, utc, lorem, ipsum, lorem ipsum, font,
    prime rate, ieri, oggi, domani, gestern, heute, hier, ayer, hoy, gisteren, vandaag, veuillez, monate,
    fecha, datum, betreff, objet, oggetto, assunto, asunto, dna, hiv, mri, ecg, ct
    """.replace("\n", " ").split(",")
)
