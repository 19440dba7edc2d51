"""Given names and surnames that the sources of `SOURCES.md` hold in other scripts or not at all.

Common names as they are written in Latin letters; the names of no one in particular. Each entry is
a region: given names, then surnames.
"""

from __future__ import annotations

REGIONS: dict[str, tuple[str, str]] = {
    "arab": (
        "Ahmed Mohammed Mohamed Muhammad Mahmoud Mustafa Omar Umar Ali Hassan Hussein Hussain Ibrahim Ismail Khalid Khaled "
        "Yousef Youssef Yusuf Abdullah Abdallah Abdulrahman Abdelrahman Abdulaziz Abdel Samir Tariq Tarek Walid Waleed Ziad "
        "Fadi Rami Nabil Jamal Kamal Karim Kareem Marwan Bilal Hamza Anas Faisal Fahad Saad Saud Salman Nasser Majid Sultan "
        "Bandar Turki Rashid Saeed Said Salem Salim Hamad Mansour Adel Ashraf Hani Hisham Ihab Emad Essam Bassam Ghassan "
        "Fatima Aisha Amina Khadija Zainab Zeinab Maryam Mariam Layla Leila Nour Noor Huda Hanan Rania Dina Salma Sara Rana "
        "Reem Lina Dalia Nadia Samira Yasmin Yasmine Amal Iman Eman Asma Hala Lubna Maha Mona Nada Rasha Sahar Wafa Zahra",
        "Haddad Khoury Mansour Nasser Saleh Hamdan Khalil Awad Qasim Qassem Jaber Shaheen Barakat Darwish Farouk Fawzi Ghanem "
        "Habib Hariri Hijazi Issa Jabbour Kanaan Karam Khatib Maalouf Masri Mikati Najjar Nassar Odeh Rahman Sabbagh Safadi "
        "Saliba Sayegh Shami Suleiman Sulaiman Tamimi Zayed Zaidan Zogby Abboud Bishara Boutros Daher Fakhoury Fares Gemayel "
        "Al-Rashid Al-Harbi Al-Ghamdi Al-Qahtani Al-Otaibi Al-Shehri Al-Zahrani Al-Maktoum Al-Thani Al-Sabah Al-Saud Al-Masri "
        "El-Sayed El-Sisi El-Baradei Abu-Bakr Benali Bennani Bouazizi Benkirane Belhaj Bouteflika Tebboune Ghannouchi Saied "
        "Alaoui Idrissi Tazi Fassi Berrada Chraibi Mansouri Trabelsi Jebali Marzouki Essebsi Haftar Maliki Abadi Kadhimi Sadr",
    ),
    "india": (
        "Aarav Aditya Ajay Akash Amit Anand Anil Arjun Arun Ashok Deepak Dinesh Ganesh Gaurav Harish Karthik Kiran Krishna Kumar "
        "Lakshman Mahesh Manish Manoj Mohan Mukesh Nikhil Nitin Pankaj Prakash Pranav Prasad Raghav Rahul Raj Rajesh Rajiv Rakesh "
        "Ram Ramesh Ravi Rohan Rohit Sachin Sandeep Sanjay Sanjeev Satish Shankar Siddharth Sunil Suresh Vijay Vikram Vinod Vishal "
        "Vivek Yash Aishwarya Ananya Anita Anjali Aparna Asha Deepa Deepika Divya Gayatri Geeta Isha Jaya Kavita Kavya Lakshmi "
        "Lalita Leela Madhu Mala Meena Meera Nandini Neha Nisha Padma Pooja Prema Priya Radha Rani Rekha Ritu Sangeeta Sarita "
        "Savita Shalini Shanti Shilpa Shreya Sita Smita Sneha Sonia Sunita Swati Uma Usha Vandana Vidya Zoya Narendra Mamata "
        "Arvind Nirmala Rajnath Sushma Harsh Tejas Ishaan Vihaan Diya Saanvi Aadhya Gurpreet Harpreet Jaspreet Manpreet Simran",
        "Sharma Verma Gupta Agarwal Aggarwal Singh Kaur Patel Shah Mehta Desai Joshi Kulkarni Deshmukh Patil Pawar Jadhav More "
        "Iyer Iyengar Nair Menon Pillai Reddy Rao Naidu Raju Chowdhury Banerjee Chatterjee Mukherjee Bhattacharya Ghosh Bose Das "
        "Dutta Sen Roy Mitra Chakraborty Mishra Pandey Tiwari Dubey Trivedi Dwivedi Chaturvedi Shukla Tripathi Srivastava Saxena "
        "Mathur Bhatt Bhatia Khanna Kapoor Malhotra Chopra Arora Sethi Ahuja Anand Bedi Gill Dhillon Sandhu Sidhu Grewal Brar "
        "Yadav Chauhan Rathore Rajput Thakur Solanki Parmar Subramanian Venkatesan Krishnan Ramachandran Swaminathan Natarajan "
        "Murugan Balakrishnan Sundaram Raman Narayanan Gowda Shetty Hegde Kamath Pai Bhat Modi Gandhi Nehru Ambani Tata Birla "
        "Adani Kejriwal Thackeray Fadnavis Stalin Vijayan Gehlot Scindia Jaitley Swaraj Sitharaman Jaishankar Tharoor Mallya",
    ),
    "pakistan": (
        "Imran Nawaz Shehbaz Asif Zardari Bilawal Benazir Asad Shahid Wasim Waqar Babar Sarfaraz Fawad Usman Umer Hamid Naveed "
        "Nadeem Kashif Junaid Adnan Arif Aamir Amir Atif Ayesha Bushra Farah Fauzia Hina Mahnoor Malala Maryam Nasreen Nazia "
        "Rabia Saima Sana Shazia Sidra Sumaira Tahira Uzma Zara Sheikh Hasina Khaleda Tarique Shakib Mushfiqur Tamim Rezaul",
        "Khan Malik Qureshi Butt Chaudhry Sheikh Siddiqui Ansari Hashmi Gilani Bhutto Sharif Abbasi Afridi Akhtar Aslam Awan Baig "
        "Bajwa Bhatti Cheema Dar Durrani Farooqi Iqbal Javed Jamali Kayani Khattak Lodhi Mirza Mughal Niazi Paracha Qazi Rana "
        "Rehman Rizvi Shah Soomro Tareen Warraich Yousafzai Zaidi Hossain Islam Uddin Chowdhury Talukder Sarkar Mondal Begum Miah",
    ),
    "iran": (
        "Hassan Javad Mohammad Reza Mehdi Hossein Alireza Amirhossein Behnam Behrouz Bijan Dariush Ebrahim Farhad Farid Hamid "
        "Kamran Kaveh Kourosh Mahmoud Majid Masoud Mehran Mohsen Morteza Nader Nima Omid Parviz Ramin Rouhollah Saeed Shahram "
        "Siamak Sohrab Azadeh Elham Fatemeh Golnaz Laleh Mahsa Maryam Masih Mina Nasrin Nazanin Niloufar Parisa Roya Samira "
        "Shirin Soraya Zahra Ashraf Hamid Abdul Gul Najib Amrullah Zalmay Habibullah Hibatullah Sirajuddin",
        "Ahmadi Ahmadinejad Akbari Alavi Amini Araghchi Ebadi Farahani Ghasemi Ghorbani Hashemi Heidari Hosseini Jafari Karimi "
        "Kazemi Khamenei Khatami Larijani Mahdavi Mohammadi Moradi Mousavi Najafi Pahlavi Rafsanjani Raisi Rahimi Rajabi Ranjbar "
        "Rezaei Rouhani Sadeghi Salehi Shariati Soleimani Soltani Tabatabaei Zarif Zand Karzai Ghani Saleh Abdullah Haqqani Akhundzada",
    ),
    "turkic": (
        "Mehmet Mustafa Ahmet Ali Hüseyin Hasan İbrahim Osman Murat Emre Burak Cem Deniz Kemal Orhan Recep Tayyip Selim Serkan "
        "Tolga Volkan Yusuf Ayşe Fatma Emine Hatice Zeynep Elif Meryem Özlem Esra Selin Derya Gül Nurlan Aibek Bakyt Azamat "
        "Daniyar Yerlan Timur Rustam Sardor Shavkat Islam Nursultan Kassym-Jomart Gurbanguly Emomali Ilham Heydar Leyla Aygün",
        "Yılmaz Kaya Demir Çelik Şahin Yıldız Yıldırım Öztürk Aydın Özdemir Arslan Doğan Kılıç Aslan Çetin Kara Koç Kurt Özkan "
        "Erdoğan Davutoğlu Gül Kılıçdaroğlu İmamoğlu Yavaş Şimşek Karimov Nazarbayev Tokayev Mirziyoyev Atambayev Berdimuhamedow "
        "Aliyev Mammadov Hasanov Huseynov Guliyev Abdullayev Rahimov Sultanov Iskandarov Akhmetov Ismailov Jumabekov Rakhmon",
    ),
    "west_africa": (
        "Chinedu Chukwuemeka Emeka Ikechukwu Kelechi Nnamdi Obinna Uche Chiamaka Chidinma Ngozi Adaeze Ifeoma Nkechi Oluwaseun "
        "Olusegun Oluwatobi Ayodele Babatunde Femi Kunle Segun Tunde Wale Yemi Folake Funke Bukola Titilayo Yetunde Abiola "
        "Goodluck Muhammadu Bola Atiku Aminu Sani Abubakar Musa Usman Umaru Halima Hauwa Zainab Kwame Kofi Kwaku Kojo Kwabena "
        "Yaw Kwesi Nana Akosua Abena Ama Efua Esi Afia Adwoa Akua Mamadou Moussa Amadou Ousmane Ibrahima Abdoulaye Cheikh Macky "
        "Alassane Laurent Modibo Boubacar Souleymane Sekou Aminata Fatoumata Mariama Aissatou Kadiatou Adama Bintou Awa Coumba "
        "Alpha Ellen Weah George Julius Ernest Foday Blaise Thomas Roch Yahya Adama Faure Gnassingbe Mahamadou Idriss Mahamat",
        "Okafor Okonkwo Okoye Okeke Eze Nwosu Nwachukwu Obi Onyekachi Chukwu Adeyemi Adebayo Adeleke Adewale Afolabi Akintola "
        "Balogun Ogunleye Olawale Oyelaran Oyedepo Obasanjo Buhari Jonathan Tinubu Yar'Adua Osinbajo Soyinka Achebe Adichie "
        "Bello Danjuma Dangote Ibrahim Lawan Sanusi Shehu Yusuf Mensah Owusu Boateng Asante Osei Appiah Agyeman Addo Akufo-Addo "
        "Mahama Rawlings Kufuor Nkrumah Annan Amoah Asamoah Essien Gyan Diallo Diop Ndiaye Sow Fall Sarr Faye Gueye Sall Wade "
        "Ba Bah Barry Camara Cissé Coulibaly Dembélé Diabaté Diakité Doumbia Fofana Kante Keita Koné Konaté Ouattara Sangaré "
        "Sissoko Sylla Touré Traoré Condé Conté Gbagbo Bédié Compaoré Kaboré Sankara Ouédraogo Sawadogo Zongo Issoufou Déby "
        "Sirleaf Koroma Bio Taylor Jammeh Barrow Jawara Eyadéma Talon Yayi Houngbédji Biya Etoundi Eto'o Mbappé Onana Song Nkoulou",
    ),
    "east_africa": (
        "Uhuru William Raila Kalonzo Mwai Daniel Wanjiru Wambui Njeri Nyambura Wangari Kamau Kariuki Mwangi Njoroge Otieno Ochieng "
        "Odhiambo Achieng Akinyi Atieno Kipchoge Kiprono Cheruiyot Chebet Jelagat Jepchirchir Juma Hamisi Rajabu Asha Mwanaisha "
        "Yoweri Kizza Robert Museveni Namukasa Nakato Babirye Okello Opio Akello Paul Jean-Bosco Emmanuel Chantal Espérance "
        "Abebe Abiy Tesfaye Haile Dawit Yohannes Mengistu Meles Girma Tadesse Kebede Bekele Tsehay Almaz Hiwot Selam Mulatu "
        "Isaias Hassan Sharif Farmaajo Abdirahman Abdi Farah Warsame Ayaan Ifrah Hodan Salva Riek Omar Hemedti Burhan Amina",
        "Kenyatta Odinga Ruto Moi Kibaki Musyoka Mudavadi Mutua Kamau Mwangi Njoroge Kariuki Maina Kimani Otieno Ochieng Odhiambo "
        "Onyango Omondi Owino Ouma Wekesa Wafula Kiplagat Kipketer Koech Rono Rotich Cheruiyot Kosgei Magufuli Kikwete Mkapa "
        "Nyerere Mwinyi Suluhu Museveni Besigye Obote Amin Okello Ssemakula Mukasa Kagame Habyarimana Nkurunziza Ndayishimiye "
        "Bizimana Uwimana Mukamana Abebe Ahmed Alemu Bekele Desalegn Gebremariam Gebreselassie Haile Kebede Tadesse Tesfaye "
        "Wolde Zenawi Afwerki Mohamud Warsame Abdi Farah Aden Nur Jama Kiir Machar Garang Deng Bashir Turabi Hamdok",
    ),
    "southern_africa": (
        "Nelson Thabo Jacob Cyril Julius Sipho Themba Mandla Bongani Sibusiso Lungile Nomvula Thandiwe Nomsa Lindiwe Zanele "
        "Busisiwe Nkosazana Naledi Lerato Tshepo Kagiso Tumelo Pieter Johan Hendrik Francois Riaan Anneke Marietjie Robert Emmerson "
        "Morgan Tendai Tatenda Tafadzwa Chipo Rutendo Nelson Joice Hage Sam Netumbo Mokgweetsi Seretse Festus Lazarus Bingu Joyce "
        "Edgar Hakainde Rupiah Levy José Isabel João Filipe Armando Graça Samora Joseph Félix Laurent-Désiré Étienne Moïse Denis",
        "Mandela Mbeki Zuma Ramaphosa Malema Sisulu Tambo Tutu Biko Hani Mthembu Dlamini Nkosi Ndlovu Khumalo Mkhize Zulu Sithole "
        "Mahlangu Mokoena Molefe Motsepe Nkomo Ngcobo Cele Buthelezi Gigaba Gordhan Manuel Botha de Klerk Malan Kruger Pretorius "
        "Coetzee Naidoo Govender Pillay Moodley Venter Steyn Joubert Mugabe Mnangagwa Tsvangirai Chamisa Moyo Ncube Sibanda Chikwanha "
        "Nujoma Pohamba Geingob Khama Masire Masisi Mogae Chakwera Mutharika Banda Kaunda Lungu Hichilema Sata Mwanawasa Phiri Tembo "
        "dos Santos Lourenço Savimbi Neto Nyusi Guebuza Chissano Machel Dhlakama Kabila Tshisekedi Mobutu Lumumba Katumbi Bemba Sassou",
    ),
    "china": (
        "Wei Fang Na Min Jing Qiang Lei Jun Yang Yong Yan Jie Juan Tao Ming Chao Xiuying Xia Ping Gang Guiying Hong Hui Mei Ling "
        "Yu Zhen Bin Bo Chun Dan Fei Feng Guang Hai Hao Jian Jianguo Jiahao Kai Lan Lihua Lin Long Ning Peng Qing Rong Rui Shan "
        "Shu Ting Wen Wenjing Xiang Xiaoming Xiaoyan Xin Xinyi Xue Yi Yifan Yuan Yun Yuxuan Zedong Zemin Jintao Jinping Jiabao Keqiang "
        "Zhiyuan Zihan Zixuan Haoran Yutong Ruoxi Siyuan Junjie Weimin Guoqiang Jianhua Xiaoping Zhongshan Ka-shing Chun-ying Tsai-yi "
        "Ing-wen Ying-jeou Shui-bian Kuo-yu Wing-yan Ho-yin Tsz-ching Chi-ming Mei-ling Siu-ming Ching-te",
        "Wang Li Zhang Liu Chen Yang Zhao Huang Zhou Wu Xu Sun Hu Zhu Gao Lin He Guo Ma Luo Liang Song Zheng Xie Han Tang Feng Yu "
        "Dong Xiao Cheng Cao Yuan Deng Fu Shen Zeng Peng Lu Su Jiang Cai Jia Ding Wei Xue Ye Yan Pan Du Dai Xia Zhong Tian Ren Fan "
        "Fang Shi Yao Tan Liao Zou Xiong Jin Hao Kong Bai Cui Kang Mao Qiu Qin Gu Hou Shao Meng Long Wan Duan Qian Ouyang Sima Zhuge "
        "Chan Cheung Wong Leung Lau Ho Lam Ng Yeung Tsang Tse Kwok Chow Chiu Chu Fung Mak Yuen Yip Lai Tsai Hsieh Hsu Chang Chiang Kuo",
    ),
    "japan": (
        "Haruto Yuto Sota Yuki Hayato Haruki Ren Riku Kenji Hiroshi Takashi Akira Yui Aoi Hina Sakura Rin Yuna Mio Keiko Yoko Naomi "
        "Tomoko Shinzo Shinzō Yoshihide Fumio Junichiro Taro Ichiro Kazuo Masahiro Makoto Satoshi Noriko Kumiko Michiko Yuriko Daisuke "
        "Kenta Shota Tatsuya Naoki Ryo Shunsuke Keisuke Shinji Hideo Hayao Mariko Ayumi Megumi Emiko Sachiko Haruka Misaki Nanami",
        "Sato Satō Suzuki Takahashi Tanaka Watanabe Ito Itō Yamamoto Nakamura Kobayashi Kato Katō Yoshida Yamada Sasaki Matsumoto Inoue "
        "Kimura Hayashi Shimizu Mori Abe Ikeda Hashimoto Ishikawa Ogawa Okada Fujita Goto Hasegawa Murakami Kondo Ishii Saito Sakamoto "
        "Endo Aoki Fujii Nishimura Fukuda Ota Miura Okamoto Matsuda Nakajima Nakano Harada Ono Tamura Takeuchi Kaneko Wada Nakayama Ishida "
        "Suga Kishida Aso Koike Ishiba Noda Hatoyama Kan Koizumi Mikitani Son Nadella Kurosawa Miyazaki Oshima Honda Toyoda Kuroda Ueda",
    ),
    "korea": (
        "Min-jun Seo-yeon Ji-hoon Ha-eun Do-yun Ji-woo Hyun-woo Soo-jin Eun-ji Jae-won Sung-min Yu-na Young-ho Mi-sook Geun-hye Jae-in "
        "Myung-bak Moo-hyun Dae-jung Jong-un Jong-il Il-sung Yo-jong Kyung-wha Ki-moon Joon-ho Chan-wook Jae-yong Kun-hee Suk-yeol "
        "Minjun Jihoon Jiwoo Hyunwoo Soojin Eunji Seojun Minseo Yuna Heung-min Kang-in Ji-sung Hyun-jin Seung-woo Nam-gyu Sang-hyun",
        "Kim Lee Park Choi Jung Jeong Kang Cho Jo Yoon Yun Jang Lim Im Han Oh Seo Shin Kwon Hwang Ahn An Song Ryu Yoo Hong Jeon Ko Moon "
        "Son Yang Bae Baek Heo Nam Shim Noh Roh Ha Joo Koo Ban Rhee Chung Chun Bong Cha Min Na Pyo Sohn",
    ),
    "southeast_asia": (
        "Nguyen Minh Anh Linh Hoa Lan Huong Thao Trang Mai Phuong Thu Hang Tuan Hung Dung Duc Hai Nam Quang Son Thanh Trung Tung Viet "
        "Phuc Trong Xuan Joko Susilo Megawati Prabowo Budi Agus Dewi Siti Sri Wahyu Andi Bambang Dian Eka Fitri Gibran Hendra Indra "
        "Kartika Putri Ratna Rizky Yudi Mahathir Najib Anwar Muhyiddin Razak Azlan Farid Hafiz Nurul Aisyah Siti Lim Boon Kok Wai "
        "Hsien Loong Kuan Yew Chok Tong Tharman Heng Prayut Thaksin Yingluck Abhisit Somchai Somsak Supachai Chuan Pita Srettha "
        "Nattapong Kanya Malee Siriporn Rodrigo Ferdinand Imelda Gloria Benigno Corazon Leni Maria Jose Jejomar Manny Bongbong Sara "
        "Aung Kyaw Min Zaw Thein Hlaing Suu Kyi Htin Win Myint Hun Sen Manet Sam Rainsy Kem Sokha Bounnhang Thongloun Sokha Dara",
        "Nguyen Tran Le Pham Hoang Huynh Phan Vu Vo Dang Bui Do Ho Ngo Duong Ly Widodo Yudhoyono Soekarnoputri Subianto Wijaya Santoso "
        "Setiawan Hidayat Kurniawan Nugroho Pratama Saputra Siregar Simanjuntak Nasution Harahap Sitompul Rahman Ismail Abdullah Yassin "
        "Razak Ibrahim Mohamad Tan Lim Lee Ng Ong Wong Goh Chua Chan Koh Teo Ang Yeo Tay Chan-ocha Shinawatra Vejjajiva Leekpai Wongsawat "
        "Limjaroenrat Thavisin Suwannarat Charoenphol Rattanakosin Duterte Marcos Aquino Arroyo Estrada Robredo Binay Pacquiao Santos "
        "Reyes Cruz Bautista Ocampo Garcia Mendoza Villanueva Dela Cruz Del Rosario Macapagal Magsaysay Cayetano Poe Roxas Thant Thein "
        "Aung Hlaing Oo Win Sein Shwe Tun Maung Rainsy Sokha Sihanouk Norodom Sisoulith Sayasone Phommachanh",
    ),
    "latin_america": (
        "Luis Inácio Jair Dilma Michel Fernando Andrés Manuel Enrique Vicente Felipe Claudia Ernesto Hugo Nicolás Juan Guaidó Evo Luis "
        "Alberto Cristina Néstor Mauricio Javier Michelle Sebastián Gabriel Ricardo Pedro Dina Ollanta Alejandro Alan Keiko Gustavo Iván "
        "Álvaro Rafael Lenín Guillermo Daniel Rosario Nayib Xiomara Bernardo Alejandra Camila Valentina Mariana Ximena Catalina Daniela "
        "Thiago Gustavo Rodrigo Leonardo Vinícius Beatriz Larissa Juliana Rosângela Wellington Edson Neymar Marta Raúl Fidel Miguel Yoani",
        "Lula da Silva Bolsonaro Rousseff Temer Cardoso Obrador Peña Nieto Fox Calderón Sheinbaum Chávez Maduro Guaidó Capriles López "
        "Machado Morales Arce Áñez Fernández de Kirchner Macri Milei Massa Bachelet Piñera Boric Lagos Castillo Boluarte Humala Fujimori "
        "Toledo Vizcarra Kuczynski Petro Duque Santos Uribe Correa Moreno Lasso Noboa Ortega Murillo Chamorro Bukele Castro Zelaya Arévalo "
        "Giammattei Hernández Rodríguez González Gómez Díaz Pérez Sánchez Ramírez Torres Flores Rivera Vargas Rojas Medina Quispe Mamani "
        "Condori Huamán Guevara Ríos Zapata Restrepo Ospina Jaramillo Souza Oliveira Pereira Ferreira Alves Ribeiro Carvalho Gomes Barbosa "
        "Rocha Nascimento Araújo Moraes Moro Dallagnol Haddad Alckmin Marina Tebet Neves Serra Suplicy Canel Díaz-Canel Préval Aristide Moïse",
    ),
    "slavic_greek": (
        "Vladimir Dmitri Dmitry Sergei Sergey Alexei Alexey Andrei Andrey Mikhail Nikolai Boris Igor Ivan Oleg Pavel Roman Viktor Yevgeny "
        "Yuri Anatoly Konstantin Maxim Volodymyr Oleksandr Mykhailo Yulia Petro Vitali Denys Serhiy Anna Ekaterina Elena Irina Maria Natalia "
        "Olga Svetlana Tatiana Yekaterina Galina Ludmila Lyudmila Oksana Kateryna Aleksandar Goran Dragan Milan Nikola Slobodan Zoran Ana "
        "Jelena Marija Milica Boyko Georgi Rumen Plamen Stoyan Iliana Edi Sali Ilir Ramush Hashim Albin Vjosa Giorgos Giorgios Yannis Nikos "
        "Kostas Dimitris Alexis Kyriakos Antonis Evangelos Maria Eleni Katerina Sofia Nikol Serzh Levon Mikheil Salome Bidzina Irakli Giorgi",
        "Putin Medvedev Lavrov Shoigu Navalny Yeltsin Gorbachev Ivanov Petrov Sidorov Smirnov Kuznetsov Popov Vasiliev Sokolov Mikhailov "
        "Novikov Fedorov Morozov Volkov Alexeev Lebedev Semenov Egorov Pavlov Kozlov Stepanov Nikolaev Orlov Andreev Makarov Nikitin Zakharov "
        "Ivanova Petrova Smirnova Kuznetsova Popova Sokolova Zakharova Peskov Prigozhin Kadyrov Zelensky Zelenskyy Poroshenko Yanukovych "
        "Tymoshenko Klitschko Kuleba Shevchenko Kovalenko Bondarenko Tkachenko Kravchenko Melnyk Lukashenko Tsikhanouskaya Vucic Vučić Dačić "
        "Milošević Tadić Djokovic Jovanović Petrović Nikolić Borisov Radev Dimitrov Georgiev Rama Berisha Thaçi Kurti Haradinaj Tsipras "
        "Mitsotakis Papandreou Samaras Varoufakis Papadopoulos Georgiou Dimitriou Pashinyan Sargsyan Petrosyan Harutyunyan Hakobyan "
        "Saakashvili Ivanishvili Zourabichvili Gelashvili Beridze Kapanadze",
    ),
    "hebrew": (
        "Benjamin Naftali Yair Ehud Ariel Avigdor Tzipi Shimon Yitzhak Golda Moshe Menachem Benny Gideon Itamar Bezalel Ayelet Tamar Noa "
        "Yael Shira Rivka Avraham Yaakov Chaim Dov Eitan Gal Ilan Itai Lior Nadav Omer Oren Ronen Uri Yoav Yossi Ziv Adi Maya Michal Orly",
        "Netanyahu Bennett Lapid Barak Sharon Olmert Lieberman Livni Peres Rabin Meir Dayan Begin Gantz Sa'ar Ben-Gvir Smotrich Shaked Levy "
        "Cohen Mizrahi Peretz Biton Dahan Avraham Friedman Katz Azoulay Shapira Ben-David Ben-Ami Oz Grossman Yehoshua Rosenberg Goldberg Weiss",
    ),
    "pacific": (
        "Scott Malcolm Julia Jacinda Anthony Christopher Peter James Frank Sitiveni Tuilaepa Fiame Aiono Sione Viliami Semisi Mele Losa "
        "Hone Rangi Aroha Tama Wiremu Kahu Manu Anahera Nikau Tui Pania Hemi Rawiri Marama Ngaio Tane Moana",
        "Bainimarama Rabuka Malielegaoi Mata'afa Tupou Taufa Fifita Vunipola Tuilagi Folau Latu Marape O'Neill Somare Sogavare Ngata Henare "
        "Parata Harawira Mahuta Tamaki Te Kanawa Waititi Williams Tuigamala Fonua Kaufusi Toleafoa Leota Sapolu",
    ),
}


def pools() -> list[tuple[list[str], ...]]:
    """Given names and surnames of each region; particles are left out."""
    return [
        tuple([name for name in names.split() if name[0].isupper()] for names in region)
        for region in REGIONS.values()
    ]
