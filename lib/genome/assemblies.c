#include "genome/assemblies.h"

/* Lengths: the assemblies themselves. MD5 (SAM's M5): the sequences of the 1000 Genomes Project's reference sets
 * (human_b36_male, human_g1k_v37, GRCh38 analysis set), in which the PARs of Y are masked in all three, and some
 * centromeres of GRCh38. UCSC's and Ensembl's files of the same assembly differ in the contigs that they mask otherwise
 * (Y; 3 of hg19; several of hg38): another MD5 does not prove another build, another length does. NCBI36's MT is
 * NC_001807 (16,571), the others' is the rCRS (16,569). PAR: the borders that the chains between the builds agree on.
 */
static const dtc_assemblies builtin = {
    .of_build =
        {
            [DTC_BUILD_NCBI36] =
                {
                    .build = DTC_BUILD_NCBI36,
                    .length = {0,         247249719, 242951149, 199501827, 191273063, 180857866, 170899992,
                               158821424, 146274826, 140273252, 135374737, 134452384, 132349534, 114142980,
                               106368585, 100338915, 88827254,  78774742,  76117153,  63811651,  62435964,
                               46944323,  49691432,  154913754, 57772954,  16571},
                    .md5 = {"",
                            "9ebc6df9496613f373e73396d5b3b6b6",
                            "b12c7373e3882120332983be99aeb18d",
                            "0e48ed7f305877f66e6fd4addbae2b9a",
                            "cf37020337904229dca8401907b626c2",
                            "031c851664e31b2c17337fd6f9004858",
                            "bfe8005c536131276d448ead33f1b583",
                            "74239c5ceee3b28f0038123d958114cb",
                            "1eb00fe1ce26ce6701d2cd75c35b5ccb",
                            "ea244473e525dde0393d353ef94f974b",
                            "4ca41bf2d7d33578d2cd7ee9411e1533",
                            "425ba5eb6c95b60bafbf2874493a56c3",
                            "d17d70060c56b4578fa570117bf19716",
                            "c4f3084a20380a373bbbdb9ae30da587",
                            "c1ff5d44683831e9c7c1db23f93fbb45",
                            "5cd9622c459fe0a276b27f6ac06116d8",
                            "3e81884229e8dc6b7f258169ec8da246",
                            "2a5c95ed99c5298bb107f313c7044588",
                            "3d11df432bcdc1407835d5ef2ce62634",
                            "2f1a59077cfad51df907ac25723bff28",
                            "f126cdf8a6e0c7f379d618ff66beb2da",
                            "f1b74b7f9f4cdbaeb6832ee86cb426c6",
                            "2041e6a0c914b48dd537922cca63acb8",
                            "d7e626c80ad172a4d7c95aadb94d9040",
                            "0b9f6a275ae64a04d4de48324adfbad0",
                            "d2ed829b8a1628d16cbeee88e88e39eb"},
                    .par = {{1, 2709520, 1, 2709520}, {154584238, 154913754, 57443438, 57772954}},
                },
            [DTC_BUILD_GRCH37] =
                {
                    .build = DTC_BUILD_GRCH37,
                    .length = {0,         249250621, 243199373, 198022430, 191154276, 180915260, 171115067,
                               159138663, 146364022, 141213431, 135534747, 135006516, 133851895, 115169878,
                               107349540, 102531392, 90354753,  81195210,  78077248,  59128983,  63025520,
                               48129895,  51304566,  155270560, 59373566,  16569},
                    .md5 = {"",
                            "1b22b98cdeb4a9304cb5d48026a85128",
                            "a0d9851da00400dec1098a9255ac712e",
                            "fdfd811849cc2fadebc929bb925902e5",
                            "23dccd106897542ad87d2765d28a19a1",
                            "0740173db9ffd264d728f32784845cd7",
                            "1d3a93a248d92a729ee764823acbbc6b",
                            "618366e953d6aaad97dbe4777c29375e",
                            "96f514a9929e410c6651697bded59aec",
                            "3e273117f15e0a400f01055d9f393768",
                            "988c28e000e84c26d552359af1ea2e1d",
                            "98c59049a2df285c76ffb1c6db8f8b96",
                            "51851ac0e1a115847ad36449b0015864",
                            "283f8d7892baa81b510a015719ca7b0b",
                            "98f3cae32b2a2e9524bc19813927542e",
                            "e5645a794a8238215b2cd77acb95a078",
                            "fc9b1a7b42b97a864f56b348b06095e6",
                            "351f64d4f4f9ddd45b35336ad97aa6de",
                            "b15d4b2d29dde9d3e4f93d1d0f2cbc9c",
                            "1aacd71f30db8e561810913e0b72636d",
                            "0dec9660ec1efaaf33281c0d5ea2560f",
                            "2979a6085bfe28e3ad6f552f361ed74d",
                            "a718acaa6135fdca8357d5bfe94211dd",
                            "7e0e2e580297b7764e31dbc80c2540dd",
                            "1fa3474750af0948bdf97d5a0ee52e51",
                            "c68f52674c9fb33aef52dcf399755519"},
                    .par = {{60001, 2699520, 10001, 2649520}, {154931044, 155260560, 59034050, 59363566}},
                },
            [DTC_BUILD_GRCH38] =
                {
                    .build = DTC_BUILD_GRCH38,
                    .length = {0,         248956422, 242193529, 198295559, 190214555, 181538259, 170805979,
                               159345973, 145138636, 138394717, 133797422, 135086622, 133275309, 114364328,
                               107043718, 101991189, 90338345,  83257441,  80373285,  58617616,  64444167,
                               46709983,  50818468,  156040895, 57227415,  16569},
                    .md5 = {"",
                            "6aef897c3d6ff0c78aff06ac189178dd",
                            "f98db672eb0993dcfdabafe2a882905c",
                            "76635a41ea913a405ded820447d067b0",
                            "3210fecf1eb92d5489da4346b3fddc6e",
                            "a811b3dc9fe66af729dc0dddf7fa4f13",
                            "5691468a67c7e7a7b5f2a3a683792c29",
                            "cc044cc2256a1141212660fb07b6171e",
                            "c67955b5f7815a9a1edfaa15893d3616",
                            "6c198acf68b5af7b9d676dfdd531b5de",
                            "c0eeee7acfdaf31b770a509bdaa6e51a",
                            "1511375dc2dd1b633af8cf439ae90cec",
                            "96e414eace405d8c27a6d35ba19df56f",
                            "a5437debe2ef9c9ef8f3ea2874ae1d82",
                            "e0f0eecc3bcab6178c62b6211565c807",
                            "f036bd11158407596ca6bf3581454706",
                            "db2d37c8b7d019caaf2dd64ba3a6f33a",
                            "f9a0fb01553adb183568e3eb9d8626db",
                            "11eeaa801f6b0e2e36a1138616b8ee9a",
                            "85f9f4fc152c58cb7913c06d6b98573a",
                            "b18e6c531b0bd70e949a7fc20859cb01",
                            "974dc7aec0b755b19f031418fdedf293",
                            "ac37ec46683600f808cdd41eac1d55cd",
                            "2b3a55ff7f58eb308420c8a9b11cac50",
                            "ce3e31103314a704255f3cd90369ecce",
                            "c68f52674c9fb33aef52dcf399755519"},
                    .par = {{10001, 2781479, 10001, 2781479}, {155701383, 156030895, 56887903, 57217415}},
                },
        },
};

const dtc_assemblies *dtc_assemblies_builtin(void) { return &builtin; }

const dtc_assembly *dtc_assemblies_get(const dtc_assemblies *assemblies, dtc_build build) {
  if ((unsigned)build >= BUILD_COUNT || assemblies->of_build[build].build == DTC_BUILD_UNKNOWN)
    return NULL;
  return &assemblies->of_build[build];
}
