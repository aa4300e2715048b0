process DTCGENO_CONVERT {
    tag "$meta.id"
    label 'process_single'

    conda "${moduleDir}/environment.yml"
    container "${ workflow.containerEngine == 'singularity' && !task.ext.singularity_pull_docker_container ?
        'https://depot.galaxyproject.org/singularity/libdtcgeno:0.1.0--0' :
        'biocontainers/libdtcgeno:0.1.0--0' }"

    input:
    tuple val(meta), path(export)
    path fasta
    path sites

    output:
    tuple val(meta), path("*.vcf.gz")    , emit: vcf
    tuple val(meta), path("*.tbi")       , emit: tbi
    tuple val(meta), path("*.json")      , emit: report
    tuple val(meta), path("*.rejects.tsv"), emit: rejects
    path "versions.yml"                  , emit: versions

    when:
    task.ext.when == null || task.ext.when

    script:
    def args = task.ext.args ?: ''
    def prefix = task.ext.prefix ?: "${meta.id}"
    def reference = (fasta ? "--fasta-ref ${fasta[0]} " : '') + (sites ? "--sites ${sites[0]}" : '')
    """
    genotype-convert \\
        $args \\
        $reference \\
        --threads $task.cpus \\
        --sample $meta.id \\
        --report ${prefix}.json \\
        --rejects ${prefix}.rejects.tsv \\
        --write-index=tbi \\
        --output ${prefix}.vcf.gz \\
        $export

    cat <<-END_VERSIONS > versions.yml
    "${task.process}":
        libdtcgeno: \$(genotype-convert --version | sed '1!d; s/.* //')
    END_VERSIONS
    """

    stub:
    def prefix = task.ext.prefix ?: "${meta.id}"
    """
    echo | gzip > ${prefix}.vcf.gz
    touch ${prefix}.vcf.gz.tbi ${prefix}.json ${prefix}.rejects.tsv

    cat <<-END_VERSIONS > versions.yml
    "${task.process}":
        libdtcgeno: \$(genotype-convert --version | sed '1!d; s/.* //')
    END_VERSIONS
    """
}
