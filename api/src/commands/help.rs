//! The help and the usage errors of the command line in Chinese; the English ones stand beside the arguments.

use clap::error::{ContextKind, ErrorKind};
use clap::{Arg, Command, Error};

/// The commands by their path, each with what it does.
const COMMANDS: [(&str, &str); 161] = [
    ("citygauge", "智慧城市成熟度评估：输入城市数据，得出得分、等级和差距。"),
    ("demo", "试用：导入样例数据或您自己的数据，评分并提供服务，直到按 Ctrl-C；不留任何痕迹。"),
    ("assess", "从文件为城市评分，无需服务：每个城市、时期和节点一行。"),
    ("what-if", "从文件显示假设更改前后的得分、等级和名次，无需服务。"),
    ("gaps", "从文件将一个城市与参照逐节点比较，无需服务。"),
    ("path", "从文件求一个城市在期限内达到目标的最小投入路径，无需服务。"),
    ("plan", "从文件拟定一个城市的目标计划，或将实际情况与计划比较，无需服务。"),
    ("plan propose", "按抱负拟定一个城市的目标计划。"),
    ("plan monitor", "将实际情况与目标计划比较。"),
    ("plan help", "显示帮助，或所给命令的帮助。"),
    ("lint", "按 GB/T 36333-2018 第 7.3.3 条检查目标计划，从文件，无需服务；有错误时退出状态为 1。"),
    ("roadmap", "从文件为一个城市安排项目，无需服务：哪些项目何时开始，预算之内得分提高最多。"),
    ("trends", "从文件显示得分随时期的变化，无需服务：每个城市、节点和时期长度一行。"),
    ("diff", "从文件比较两次评估，无需服务：变化多少，以及来自数据、指标体系、参评城市和覆盖率的各多少。"),
    ("weigh", "从文件列出每个节点的权重（给定或推导），无需服务。"),
    ("sets", "检查、列出、显示、导入、导出、派生和比较指标体系。"),
    ("stats", "从文件显示指标体系及其数据在参评城市上的统计特征，无需服务。"),
    ("validate", "从文件列出指标体系的校验规则发现的问题，无需服务：每处一行。"),
    ("sets check", "检查指标体系文档：列出每个文件的所有错误，或说明每个文档是什么。"),
    ("sets list", "列出随命令提供的目录中的指标体系。"),
    ("sets show", "显示一个指标体系：依据、依据的可靠程度及其节点树。"),
    ("sets export", "将指标体系文档写为 JSON 或 Excel 工作簿，或写为重算得分的 SQL。"),
    ("sets import", "从 Excel 工作簿或 JSON 读入指标体系，写为 JSON，或作为草稿发送到服务。"),
    ("sets overlay", "按所列更改从另一指标体系派生，并保留其来源。"),
    ("sets diff", "显示两个指标体系的差异。"),
    ("sets template", "写出供城市各部门填写的工作簿。"),
    ("sets schema", "打印指标体系文档的 JSON Schema。"),
    ("import", "将城市或观测值文件上传到服务，并显示服务发现的问题。"),
    ("cities", "登记已公布代码的城市，列出城市登记册。"),
    ("cities adopt", "登记一套已公布代码的城市，连同其曾用代码和名称。"),
    ("cities list", "按代码列出城市登记册。"),
    ("benchmarks", "列出、显示、设置和删除服务上的年度基准；以 CSV 显示序列、口径变化、分布、升降和比较。"),
    ("benchmarks list", "列出年度基准。"),
    ("benchmarks show", "以 JSON 显示年度基准，可修改后再设置。"),
    ("benchmarks put", "以 JSON 文件设置年度基准，无论此前如何。"),
    ("benchmarks remove", "删除年度基准；其评估保留。"),
    ("benchmarks series", "显示节点历年的情况：所有城市、一个城市，或对标组的中位数。"),
    ("benchmarks breaks", "逐节点显示指标体系何处改变。"),
    ("benchmarks distribution", "逐版次显示得分的分布。"),
    ("benchmarks movers", "显示两个版次之间的升降。"),
    ("benchmarks compare", "并列比较城市。"),
    ("benchmarks help", "显示帮助，或所给命令的帮助。"),
    ("releases", "列出和下载服务上的数据版本，或将 Parquet 文件作为数据版本上传。"),
    ("releases list", "列出数据版本，最新的在前。"),
    ("releases download", "将数据版本下载为 Parquet。"),
    ("releases upload", "将 Parquet 文件作为数据版本上传：用于逐行导入过大的面板数据。"),
    ("releases help", "显示帮助，或所给命令的帮助。"),
    ("exports", "将服务上的任何表格写为文件，无论多大；列出和删除所保留的文件。"),
    ("exports make", "将表格写为文件，等待完成并下载。"),
    ("exports list", "列出导出，最新的在前。"),
    ("exports download", "下载导出的文件。"),
    ("exports remove", "删除导出及其文件。"),
    ("exports help", "显示帮助，或所给命令的帮助。"),
    ("reports", "由服务生成报告，等待完成并下载；列出和删除所保留的报告。"),
    ("reports make", "生成报告，等待完成并下载。"),
    ("reports list", "列出报告，最新的在前。"),
    ("reports download", "下载报告的文件。"),
    ("reports remove", "删除报告。"),
    ("reports help", "显示帮助，或所给命令的帮助。"),
    ("chart", "将服务上的图表写为文件：按扩展名写出 SVG 图，或其数据 CSV。"),
    ("embed", "在一段时间内将仪表板的一个视图嵌入其他页面；打印 iframe 的地址。"),
    ("maps", "列出、上传和删除服务上的地图。服务不附带地图：上传者须有权公开该地图。"),
    ("maps list", "列出地图。"),
    ("maps put", "从 GeoJSON 文件上传地图，或更改已有地图。"),
    ("maps remove", "删除地图。"),
    ("maps help", "显示帮助，或所给命令的帮助。"),
    ("bundle", "下载重新计算一次评估所需的一切（已签名，一个文件）；用 citygauge verify 复核。"),
    ("verify", "检查评估包是否被更改，并重新计算其评估：说明一致，或何处不一致。"),
    ("serve", "运行服务。"),
    ("ready", "询问服务是否就绪：就绪时退出状态为 0，否则为 1 并列出不正常的部分；不需要密钥。"),
    ("audit", "检查记录谁做了什么的轨迹，将其写入文件，或为其生成检查点。"),
    ("audit verify", "检查没有任何一行被更改、删除、移动或添加：说明完好，或何处有误。"),
    ("audit export", "将整条轨迹写入文件，末尾附签名的检查点。"),
    ("audit checkpoint", "打印轨迹的长度和末行摘要（已签名），供另行保存。"),
    ("audit help", "显示帮助，或所给命令的帮助。"),
    ("artifacts", "检查所保存的文件：上传、数据版本、结果、佐证材料、报告、地图和导出。"),
    ("artifacts verify", "读取每个文件并与其摘要比较：说明全部完好，或哪些丢失、损坏以及何处需要。"),
    ("artifacts help", "显示帮助，或所给命令的帮助。"),
    ("keys", "在服务的数据库上签发、列出和吊销密钥。"),
    ("keys create", "签发密钥并打印令牌，令牌只显示这一次。"),
    ("keys list", "列出密钥，最新的在前。"),
    ("keys revoke", "吊销密钥。"),
    ("migrate", "将数据库更新到最新，或显示其进度。"),
    ("migrate up", "将数据库更新到最新：先备份并检查，再应用所有待应用的迁移，或一个也不应用。"),
    ("migrate status", "列出迁移及其是否已应用；不作任何更改。"),
    ("backup", "将数据库和产物在某一时刻的状态复制到一个文件，服务照常运行。"),
    ("restore", "由 citygauge backup 写出的备份生成数据文件夹，或只作检查：要么完整，要么不生成。"),
    ("openapi", "写出接口说明（OpenAPI 3.1）。"),
    ("help", "显示帮助，或所给命令的帮助。"),
    ("sets help", "显示帮助，或所给命令的帮助。"),
    ("keys help", "显示帮助，或所给命令的帮助。"),
    ("oidc", "检查身份提供方：除密钥外，其令牌也被接受。"),
    ("oidc check", "获取身份提供方公布的内容，说明其中哪些被采用；给出令牌时，说明它代表何人，或为何被拒绝。"),
    ("oidc help", "显示帮助，或所给命令的帮助。"),
    ("migrate help", "显示帮助，或所给命令的帮助。"),
    ("rounds", "列出、显示、打开、截止、发布服务上的评价批次，并显示其排名。"),
    ("rounds list", "列出评价批次。"),
    ("rounds show", "显示评价批次，以及各城市目前的完成情况。"),
    ("rounds open", "打开评价批次：为每个城市和部门建立填报单。"),
    ("rounds close", "截止评价批次：不再接受提交。"),
    ("rounds publish", "发布评价批次：冻结数据、评估，并向城市公示结果。"),
    ("rounds ranking", "显示已发布批次的排名：逐类别，或跨类别。"),
    ("rounds help", "显示帮助，或所给命令的帮助。"),
    ("submissions", "列出、写出模板、提交、退回、确认、审核、核验和定稿批次的填报单，提出和答复申诉。"),
    ("submissions list", "列出批次的填报单。"),
    ("submissions template", "写出供该部门填写的工作簿。"),
    ("submissions submit", "提交填报单。"),
    ("submissions return", "退回填报单。"),
    ("submissions accept", "代表城市确认填报单。"),
    ("submissions review", "代表省级审核填报单。"),
    ("submissions verify", "代表评价机构核验填报单。"),
    ("submissions object", "对结果提出申诉。"),
    ("submissions uphold", "答复申诉：成立。"),
    ("submissions dismiss", "答复申诉：驳回。"),
    ("submissions finalise", "填报单定稿。"),
    ("submissions help", "显示帮助，或所给命令的帮助。"),
    ("panels", "列出和显示服务上的专家组及其结果，结束评分。"),
    ("panels list", "列出专家组。"),
    ("panels show", "显示专家组，以及各位专家的完成情况。"),
    ("panels results", "显示专家组的结果；评分期间只显示评分数。"),
    ("panels close", "结束专家组的评分：结果写为观测值。"),
    ("panels help", "显示帮助，或所给命令的帮助。"),
    ("designs", "列出和显示设计，检查、导入和导出其档案，显示其对标准的符合情况。"),
    ("designs list", "列出设计。"),
    ("designs show", "显示设计，以及其中待复核的要素。"),
    ("designs check", "无需服务检查档案文件：列出所有错误，或各类要素的数量。"),
    ("designs import", "以档案替换设计的档案，或以其新建设计。"),
    ("designs export", "将设计的档案写为 JSON 或工作簿。"),
    ("designs conformance", "显示设计对标准的符合情况。"),
    ("designs help", "显示帮助，或所给命令的帮助。"),
    ("sources", "列出、显示、设置、运行和删除服务抓取数据的数据源。"),
    ("sources list", "列出数据源。"),
    ("sources show", "以 JSON 显示数据源，可修改后再设置；另列出随后的抓取时间。"),
    ("sources put", "设置数据源，或修改已有的数据源。"),
    ("sources run", "立即抓取数据源，并显示发现的问题。"),
    ("sources runs", "列出数据源的运行记录，最新的在前。"),
    ("sources remove", "删除数据源及其运行记录；已导入的数据保留。"),
    ("sources help", "显示帮助，或所给命令的帮助。"),
    ("help help", "显示帮助，或所给命令的帮助。"),
    ("rules", "列出、保存和删除服务在指标体系之外保存的校验规则。"),
    ("rules list", "列出校验规则。"),
    ("rules put", "保存或更改校验规则，无论此前如何。"),
    ("rules remove", "删除校验规则。"),
    ("rules help", "显示帮助，或所给命令的帮助。"),
    ("waivers", "列出服务上的豁免。"),
    ("waivers list", "列出豁免，最新的在前：每项一行。"),
    ("waivers help", "显示帮助，或所给命令的帮助。"),
    ("webhooks", "建立、列出、显示、更改和删除网络钩子，并查看其投递情况。"),
    ("webhooks event-types", "列出事件类型。"),
    ("webhooks create", "建立网络钩子并打印其密钥，密钥只显示这一次。"),
    ("webhooks list", "列出网络钩子。"),
    ("webhooks show", "以 JSON 显示网络钩子及其状况。"),
    ("webhooks enable", "重新启用网络钩子。"),
    ("webhooks disable", "停用网络钩子；尚未投递的随之取消。"),
    ("webhooks rotate", "更换网络钩子的密钥并打印新密钥，只显示这一次。"),
    ("webhooks remove", "删除网络钩子及其投递记录。"),
    ("webhooks ping", "向网络钩子发送一次测试。"),
    ("webhooks deliveries", "列出网络钩子的投递，最新的在前。"),
    ("webhooks redeliver", "立即再投递一次。"),
    ("webhooks replay", "投递网络钩子自某时起错过的一切。"),
    ("webhooks help", "显示帮助，或所给命令的帮助。"),
];

/// The arguments; one with the path of its command before it where the word alone means several things.
const ARGUMENTS: [(&str, &str); 319] = [
    ("help", "显示帮助"),
    ("version", "显示版本"),
    ("releases download release", "数据版本的标识。"),
    ("releases download out", "要写出的文件。"),
    ("releases upload file", "文件：Parquet，列为 city、period、item、value、choice 和 status，与所下载的数据版本相同。"),
    ("releases upload set", "规定数据项类型的指标体系，写作 CODE@VERSION。"),
    ("exports make address", "表格的地址及其查询，例如 /api/v1/assessments/ID/scores?node=TOTAL"),
    ("exports make out", "要写出的文件；未给出 --format 时，由扩展名决定格式。"),
    ("exports make format", "文件的格式。"),
    ("exports make bom", "CSV 以字节顺序标记开头，供 Excel 使用。"),
    ("exports download out", "要写出的文件。"),
    ("report", "报告的标识符。"),
    ("reports make assessment", "评估。"),
    ("reports make round", "评价批次，代替评估：取其最新的发布。"),
    ("reports make class", "评价批次的类别（分类别时）。"),
    ("reports make city", "城市；未给出时为全部城市。"),
    ("reports make period", "时期；未给出时为最近的时期。"),
    ("reports make against", "城市与什么对照，同差距分析；未给出时为对标中位数 peer_median。"),
    ("reports make by", "差距应于何时期之前消除。"),
    ("reports make body", "出具报告的机构。"),
    ("reports make report_lang", "报告的语言；未给出时与消息相同。"),
    ("reports make out", "要写出的文件；扩展名决定格式：html、docx、pdf 或 xlsx。"),
    ("reports download out", "要写出的文件。"),
    ("chart address", "图表的地址及其查询，例如 assessments/ID/charts/radar.svg?city=330100"),
    ("chart out", "要写出的文件，按扩展名为 SVG 或 CSV。"),
    ("chart dark", "深色底。"),
    ("embed view", "视图在仪表板中的路径，例如 /assessments/ID/cities/330100"),
    ("embed parents", "允许嵌入的页面来源，例如 https://city.example；可多次给出。"),
    ("embed minutes", "有效的分钟数，至多一天；未给出时为 60。"),
    ("map", "地图的代码。"),
    ("maps put file", "图形：GeoJSON FeatureCollection，每个城市一个区域。"),
    ("maps put approval_number", "审图号，显示在地图上。"),
    ("maps put code_property", "区域中存放城市代码的属性。"),
    ("maps put title_zh", "中文标题。"),
    ("maps put title_en", "英文标题。"),
    ("export", "导出的标识。"),
    ("benchmark", "年度基准的代码。"),
    ("benchmarks put file", "年度基准：JSON 文件，见 docs/benchmarks-over-years.md。"),
    ("benchmarks series node", "节点，按最近版次的叫法；未给出时为 TOTAL。"),
    ("benchmarks series city", "只要这个城市的序列。"),
    ("benchmarks series peer_group", "这个对标组中城市的中位数。"),
    ("benchmarks series bridge", "指标体系改变之处，此前的得分如何衔接。"),
    ("benchmarks distribution node", "节点，按最近版次的叫法；未给出时为 TOTAL。"),
    ("benchmarks distribution peer_group", "只要这个对标组的城市。"),
    ("benchmarks movers node", "节点，按最近版次的叫法；未给出时为 TOTAL。"),
    ("benchmarks movers from", "较早的版次；未给出时为较晚版次的前一个。"),
    ("benchmarks movers to", "较晚的版次；未给出时为最近的。"),
    ("benchmarks movers bridge", "指标体系改变之处，此前的得分如何衔接。"),
    ("benchmarks compare cities", "城市；最多可给出二十次。"),
    ("benchmarks compare peer_group", "以这个对标组的中位数和最好者，代替所有城市的。"),
    ("benchmarks compare period", "版次的时期；未给出时为最近的。"),
    ("audit verify file", "由 citygauge audit export 或 GET /api/v1/audit-events/file 写出的文件；未给出时检查数据库。"),
    ("audit verify checkpoint", "另行保存的检查点，轨迹须与之一致。"),
    ("audit verify key", "检查点须由其签名的公钥（PEM）：来自发布者，而非来自该文件。"),
    ("audit export out", "要写出的文件。"),
    ("bundle assessment", "评估的标识符。"),
    ("bundle out", "要写出的文件；未给出时为 bundle-评估标识符.zip。"),
    (
        "migrate up backup",
        "已有内容的数据库，其备份从何而来：first 为先作备份并检查，elsewhere 表示您已用其他方法备份 [默认：first]。",
    ),
    ("backup out", "要写出的文件，或放入以时刻命名的文件的文件夹；已有的文件不会覆盖。"),
    ("backup with_signing_key", "一并带上签名密钥，使恢复后的服务签名如前：持有该文件者即可以服务的名义签名。"),
    ("ready server", "服务。"),
    ("restore backup", "备份。"),
    ("restore data_dir", "要生成的文件夹；必须不存在，或为空。"),
    ("restore check", "只检查每个字节，不写出任何内容。"),
    ("verify bundle", "评估包：citygauge bundle 或 GET /api/v1/assessments/{id}/bundle 写出的文件。"),
    ("verify key", "必须是其签名者的公钥（PEM）：取自发布者，而不是取自评估包。"),
    ("verify threads", "用几个线程计算；未给出时为处理器个数。"),
    ("lang", "信息的语言：zh 或 en；未给出时为终端的语言。"),
    ("assess set", "指标体系：文件，或目录中的代码（见 citygauge sets list）。"),
    ("assess data", "观测值：CSV、XLSX、Parquet、JSON 或 NDJSON，按扩展名识别。"),
    ("assess cities", "城市，格式同上；未给出时为观测值中的所有城市。"),
    ("assess mapping", "观测值文件不是常用形式时，说明如何理解它的映射文档。"),
    ("assess period", "未注明时期的观测值的时期；已注明的，则为唯一需要结果的时期。"),
    (
        "assess out",
        "要写出的文件：CSV、JSON、NDJSON、XLSX、Parquet 或 Arrow，按扩展名识别；未给出或为 - 时，以 CSV 写到标准输出。",
    ),
    ("assess warnings", "将警告写到此文件（CSV 或 JSON，按扩展名识别），而不是标准错误。"),
    ("assess uncertainty", "不写得分，而写排名和得分在多大程度上取决于各种选择，重复这么多次。"),
    ("assess seed", "重复计算的随机种子；种子相同则每一位数字相同。"),
    ("assess choices", "要变动的选择（JSON 文件，见 docs/methods/uncertainty.md）；未给出时为所有内部节点的权重上下浮动 25 %。"),
    ("assess replay", "从以前运行所得的 CSV 文件取各次重复的参数，而不重新抽取。"),
    ("assess parameters", "将每次重复抽取的参数写到此文件。"),
    ("assess sensitivity", "将每个选择的敏感性指数写到此文件；须在选择文件中写 \"sobol\": true。"),
    ("assess threads", "计算所用的线程数，未给出时与处理器核数相同；结果不变。"),
    ("validate set", "指标体系：文件，或目录中的代码（见 citygauge sets list）。"),
    ("validate data", "观测值：CSV、XLSX、Parquet、JSON 或 NDJSON，按扩展名识别。"),
    ("validate cities", "城市，格式同上；未给出时为观测值中的所有城市。"),
    ("validate period", "未注明时期的观测值的时期；已注明的，则为唯一需要结果的时期。"),
    ("what-if set", "指标体系：文件，或目录中的代码（见 citygauge sets list）。"),
    ("what-if data", "观测值：CSV、XLSX、Parquet、JSON 或 NDJSON，按扩展名识别。"),
    ("what-if cities", "城市，格式同上；未给出时为观测值中的所有城市。"),
    ("what-if mapping", "观测值文件不是常用形式时，说明如何理解它的映射文档。"),
    ("what-if period", "未注明时期的观测值的时期；已注明的，则为唯一需要结果的时期。"),
    ("what-if city", "数据项和指标发生更改的城市；未给出时为所有城市。"),
    ("what-if item", "数据项及其值；不写值则为缺失。可重复。"),
    ("what-if indicator", "指标及其原始值。可重复。"),
    ("what-if weight", "节点及其权重，同级节点保持不变。可重复。"),
    ("what-if other_set", "另一个指标体系：文件，或目录中的代码。"),
    ("what-if overlay", "对指标体系的更改（JSON）。"),
    ("what-if changes", "接口所接受的更改（POST /what-if 的 what_if，JSON），与各选项合并。"),
    ("what-if refit", "即使只更改一个城市的数值，也重新计算全部参评城市。"),
    (
        "what-if out",
        "要写出的文件：CSV、JSON、NDJSON、XLSX、Parquet 或 Arrow，按扩展名识别。未给出时，或为 - 时，将 CSV 写到标准输出。",
    ),
    ("roadmap document", "路线图文档（JSON）：年份、预算、项目及其效果与依赖；见 docs/roadmaps.md。"),
    ("roadmap set", "指标体系：文件，或目录中的代码（见 citygauge sets list）。"),
    ("roadmap data", "观测值：CSV、XLSX、Parquet、JSON 或 NDJSON，按扩展名识别。"),
    ("roadmap cities", "城市，格式同上；未给出时为观测值中的所有城市。"),
    ("roadmap mapping", "观测值文件不是常用形式时，说明如何理解它的映射文档。"),
    ("roadmap period", "未注明时期的观测值的时期；已注明的，则为唯一需要结果的时期。"),
    ("roadmap city", "城市代码；未给出时为文档中的城市。"),
    ("roadmap budget_share", "只有这一部分预算时，0 到 1。"),
    ("roadmap table", "写入文件的表：schedule（每个项目一行）、spend（每年一行）或 expected（每年每个节点一行）。"),
    (
        "roadmap out",
        "要写的文件：CSV、JSON、NDJSON、XLSX、Parquet 或 Arrow，按扩展名识别。未给出时，终端上为页面，管道中为 CSV；- 为标准输出上的 CSV。",
    ),
    ("gaps set", "指标体系：文件，或目录中的代码（见 citygauge sets list）。"),
    ("gaps data", "观测值：CSV、XLSX、Parquet、JSON 或 NDJSON，按扩展名识别。"),
    ("gaps cities", "城市，格式同上；未给出时为观测值中的所有城市。"),
    ("gaps mapping", "观测值文件不是常用形式时，说明如何理解它的映射文档。"),
    ("gaps period", "未注明时期的观测值的时期；已注明的，则为唯一需要结果的时期。"),
    ("gaps city", "城市代码。"),
    (
        "gaps against",
        "参照：full_mark、best、peer_median、peer_top_quartile、previous、level、level:CODE、city:CODE，或 target:PLAN.json（目标计划的目标值）。",
    ),
    ("gaps by", "消除差距的期限：与所分析时期长度相同且更晚的时期。"),
    ("gaps peers", "同类城市：以逗号分隔的城市代码，或城市文件；未给出时为全部参评城市。"),
    ("gaps rule", "重点提升方向的排序规则：points_lost（按失分），或 u4ssc（按参照的达成比例）。"),
    ("gaps form", "写出的内容：分析，或以顶层设计需求形式写出的重点提升方向。"),
    (
        "gaps out",
        "要写出的文件：CSV、JSON、NDJSON、XLSX、Parquet 或 Arrow，按扩展名识别。未给出时，在终端上显示页面，在管道中写 CSV；- 为写到标准输出的 CSV。JSON 和 XLSX 含 GB/T 36333 附录 A 的四项输出，其他格式为差距表。",
    ),
    ("path set", "指标体系：文件，或目录中的代码（见 citygauge sets list）。"),
    ("path data", "观测值：CSV、XLSX、Parquet、JSON 或 NDJSON，按扩展名识别。"),
    ("path cities", "城市，格式同上；未给出时为观测值中的所有城市。"),
    ("path mapping", "观测值文件不是常用形式时，说明如何理解它的映射文档。"),
    ("path period", "未注明时期的观测值的时期；已注明的，则为唯一需要结果的时期。"),
    ("path to", "目标：level（下一等级）、level:CODE、score:80、rank:10 或 percentile:0.75。"),
    ("path node", "目标所指的节点；未给出时为 TOTAL，等级目标则为第一个评等级的节点。"),
    ("path by", "应达到目标的时期。"),
    ("path limits", "变化的限度：rates（同类城市保持过的速度）或 peer_level（同类城市同期已达的水平）。"),
    ("path rate", "不超过同类城市的哪个百分位，p50 至 p100。"),
    ("path fixed", "保持不变的指标分项，可重复。"),
    ("path minimise", "求最小的是：effort（投入），或 indicators（变动的个数，然后投入）。"),
    (
        "path out",
        "要写出的文件：CSV、JSON、NDJSON、XLSX、Parquet 或 Arrow，按扩展名识别。未给出时，在终端上显示页面，在管道中写 CSV；- 为写到标准输出的 CSV。",
    ),
    ("plan propose set", "指标体系：文件，或目录中的代码（见 citygauge sets list）。"),
    ("plan propose data", "观测值：CSV、XLSX、Parquet、JSON 或 NDJSON，按扩展名识别。"),
    ("plan propose cities", "城市，格式同上；未给出时为观测值中的所有城市。"),
    ("plan propose mapping", "观测值文件不是常用形式时，说明如何理解它的映射文档。"),
    ("plan propose period", "未注明时期的观测值的时期；已注明的，则为唯一需要结果的时期。"),
    ("plan monitor set", "指标体系：文件，或目录中的代码（见 citygauge sets list）。"),
    ("plan monitor data", "观测值：CSV、XLSX、Parquet、JSON 或 NDJSON，按扩展名识别。"),
    ("plan monitor cities", "城市，格式同上；未给出时为观测值中的所有城市。"),
    ("plan monitor mapping", "观测值文件不是常用形式时，说明如何理解它的映射文档。"),
    ("plan monitor period", "未注明时期的观测值的时期；已注明的，则为唯一需要结果的时期。"),
    ("lint set", "指标体系：文件，或目录中的代码（见 citygauge sets list）。"),
    ("lint data", "观测值：CSV、XLSX、Parquet、JSON 或 NDJSON，按扩展名识别。"),
    ("lint cities", "城市，格式同上；未给出时为观测值中的所有城市。"),
    ("lint mapping", "观测值文件不是常用形式时，说明如何理解它的映射文档。"),
    ("lint period", "未注明时期的观测值的时期；已注明的，则为唯一需要结果的时期。"),
    ("plan propose city", "城市代码。"),
    ("plan propose to", "抱负：level、level:CODE、score:X、percentile:P、gap:REFERENCE，或由 --target 给出的 given。"),
    ("plan propose by", "实现的期限：某一时期，以期末为准。"),
    ("plan propose code", "计划的代码；未给出时由城市与期限组成。"),
    ("plan propose targets", "某一指标的目标值（原始单位），取代抱负所要求的值，例如 L1P1=80；可重复。"),
    ("plan propose stages", "将规划期分为几个阶段；未给出时为三个，年数不足时按年。"),
    ("plan propose out", "写出计划（JSON）的文件，并显示各目标值；未给出时将计划写到标准输出。"),
    ("plan monitor plan", "计划：JSON 文件。"),
    ("plan monitor tolerance", "目标偏离路径多少仍算符合进度，以基期值到目标值的全程为 1。"),
    (
        "plan monitor out",
        "要写出的文件：CSV、JSON、NDJSON、XLSX、Parquet 或 Arrow，按扩展名识别。未给出时，在终端上显示页面，在管道中写 CSV；- 为写到标准输出的 CSV。",
    ),
    ("lint plan", "计划：JSON 文件。"),
    ("lint against", "本城市的另一目标计划，须与之一致；可重复。"),
    ("lint today", "期限须晚于此日，例如 2026-11-28；未给出时为今天。"),
    ("trends set", "指标体系：文件，或目录中的代码（见 citygauge sets list）。"),
    ("trends data", "观测值：CSV、XLSX、Parquet、JSON 或 NDJSON，按扩展名识别。"),
    ("trends cities", "城市，格式同上；未给出时为观测值中的所有城市。"),
    ("trends mapping", "观测值文件不是常用形式时，说明如何理解它的映射文档。"),
    ("trends period", "未注明时期的观测值的时期；已注明的，则为唯一需要结果的时期。"),
    ("trends node", "节点代码；未给出时为所有节点。"),
    ("trends city", "城市代码；未给出时为所有城市。"),
    ("trends of", "跟踪的量：得分，或指标的原始值。"),
    ("trends target", "要达到的值：另给出进度和达到的时间。"),
    ("trends base", "进度的起点；未给出时为第一个值。"),
    (
        "trends out",
        "要写出的文件：CSV、JSON、NDJSON、XLSX、Parquet 或 Arrow，按扩展名识别；未给出或为 - 时，以 CSV 写到标准输出。",
    ),
    ("diff set", "前一次评估的指标体系：文件，或目录中的代码（见 citygauge sets list）。"),
    ("diff data", "前一次评估的观测值：CSV、XLSX、Parquet、JSON 或 NDJSON，按扩展名识别。"),
    ("diff cities", "前一次评估的城市，格式同上；未给出时为观测值中的所有城市。"),
    ("diff mapping", "观测值文件不是常用形式时，说明如何理解它的映射文档。"),
    ("diff period", "前一次评估的时期；未给出时为最近的时期。"),
    ("diff to_set", "后一次评估的指标体系；未给出时相同。"),
    ("diff to_data", "后一次评估的观测值；未给出时相同。"),
    ("diff to_cities", "后一次评估的城市；未给出时相同。"),
    ("diff to_period", "后一次评估的时期；未给出时为最近的时期。"),
    ("diff city", "城市代码；未给出时为所有城市。"),
    ("diff node", "节点代码；未给出时为所有节点。"),
    ("diff children", "改为写出各下级节点对上级变化的贡献。"),
    ("diff out", "要写出的文件：CSV、JSON、NDJSON、XLSX、Parquet 或 Arrow，按扩展名识别；未给出或为 - 时，以 CSV 写到标准输出。"),
    ("weigh set", "指标体系：文件，或目录中的代码（见 citygauge sets list）。"),
    ("weigh data", "观测值：CSV、XLSX、Parquet、JSON 或 NDJSON，按扩展名识别。"),
    ("weigh cities", "城市，格式同上；未给出时为观测值中的所有城市。"),
    ("weigh mapping", "观测值文件不是常用形式时，说明如何理解它的映射文档。"),
    ("weigh period", "未注明时期的观测值的时期；已注明的，则为唯一需要结果的时期。"),
    (
        "weigh method",
        "在该节点上试用一种方法，不论指标体系如何规定：entropy、critic 等词，或文档中的 JSON，例如 '{\"method\": \"entropy\", \"shift\": 0.01}'。",
    ),
    ("weigh node", "由该方法为其下级赋权的节点；未给出时为 TOTAL。"),
    (
        "weigh out",
        "要写出的文件：CSV、JSON、NDJSON、XLSX、Parquet 或 Arrow，按扩展名识别；未给出或为 - 时，以 CSV 写到标准输出。",
    ),
    ("stats set", "指标体系：文件，或目录中的代码（见 citygauge sets list）。"),
    ("stats data", "观测值：CSV、XLSX、Parquet、JSON 或 NDJSON，按扩展名识别。"),
    ("stats cities", "城市，格式同上；未给出时为观测值中的所有城市。"),
    ("validate mapping", "说明如何理解观测值文件的映射文档（文件）。"),
    ("stats mapping", "观测值文件不是常用形式时，说明如何理解它的映射文档。"),
    ("stats period", "未注明时期的观测值的时期；已注明的，则为唯一需要结果的时期。"),
    ("stats what", "统计的种类。"),
    ("stats node", "此节点之下的 indicators、correlations 和 balance；此节点的 consistency、components 和 availability。"),
    ("stats city", "此城市的 availability；standings 必须给出城市。"),
    ("stats kind", "相关系数的种类（correlations、balance）；未给出时为 pearson。"),
    (
        "stats of",
        "得分、指标分项的原始值，或插补和处理后的值（correlations、consistency、components、standings）；未给出时为得分。",
    ),
    ("stats within", "比较哪些节点：node（每个节点的下级，默认）、leaves、depth:N 或 depth:N:M。"),
    ("stats members", "节点之下一起考察哪些节点（consistency、components）：children、leaves 或 depth:N。"),
    ("stats redundant", "同级节点的相关系数高于此值即为冗余；未给出时为 0.9。"),
    ("stats opposing", "同级节点的相关系数低于此值即为相悖；未给出时为 0。"),
    ("stats least", "城市数据的最低可得率（screening）；未给出时为 0.65。"),
    ("stats least_nonzero", "城市数据的最低非零率（screening）；未给出时为 0.05。"),
    ("stats by", "剔除城市的依据（screening）；未给出时为 missing。"),
    ("stats keep", "无论数据如何都保留的城市（screening），可重复。"),
    ("stats drop", "无论数据如何都剔除的城市（screening），可重复。"),
    ("stats most", "优势和劣势各多少项（standings）；未给出时为 5。"),
    (
        "stats out",
        "要写出的文件：CSV、JSON、NDJSON、XLSX、Parquet 或 Arrow，按扩展名识别。未给出时，在终端上显示页面，在管道中写 CSV；- 为写到标准输出的 CSV。",
    ),
    ("demo set", "您的数据的指标体系：文件，或目录中的代码。"),
    ("demo data", "您的数据所在文件夹：observations.csv，以及（如有）cities.csv。"),
    ("demo period", "未注明时期的观测值的时期。"),
    ("demo port", "监听的端口，被占用时取下一个空闲端口；0 为任意端口。"),
    ("sets check sets", "文件，或目录中指标体系的代码。"),
    ("sets check json", "将所有错误和警告作为一个 JSON 数组写到标准输出，而不是逐行写到标准错误。"),
    ("sets show set", "文件，或目录中指标体系的代码。"),
    ("sets export set", "文件，或目录中指标体系的代码。"),
    ("sets export form", "形式；未给出时按文件扩展名，标准输出为 JSON。"),
    ("sets export dialect", "运行 SQL 的引擎。"),
    (
        "sets export from",
        "SQL 读取的对象：表或视图，或 Parquet 文件（如一个数据版本）；未给出时为 release.parquet，PostgreSQL 中为表 observations。",
    ),
    ("sets template set", "文件，或目录中指标体系的代码。"),
    ("sets template city", "城市代码。"),
    ("sets template period", "填报的时期。"),
    ("sets template department", "只写该部门的工作表；可重复。"),
    ("sets template previous", "上一时期的观测值，显示在待填单元格旁。"),
    ("sets template out", "要写出的工作簿。"),
    ("sets import file", "指标体系：工作簿（.xlsx）或 JSON。"),
    ("sets import out", "要写出的文件（JSON 或 .xlsx）；未给出或为 - 时写到标准输出。"),
    ("sets import server", "将指标体系存为草稿的服务地址，例如 http://127.0.0.1:8080"),
    ("sets import key", "密钥；最好通过环境变量给出，本机其他用户看不到。"),
    ("sets overlay set", "基础指标体系：文件，或目录中的代码。"),
    ("sets overlay changes", "与基础的不同之处（JSON）。"),
    ("sets overlay out", "要写出的文件（JSON 或 .xlsx）；未给出或为 - 时写到标准输出。"),
    ("sets diff before", "较早的指标体系：文件，或目录中的代码。"),
    ("sets diff after", "较晚的指标体系。"),
    ("sets diff out", "要写出的文件：CSV、JSON 或 XLSX，按扩展名识别；- 为写到标准输出的 CSV；未给出时在标准输出上逐行显示。"),
    ("sets export out", "要写出的文件；未给出或为 - 时写到标准输出。"),
    ("import file", "文件：CSV、XLSX、Parquet、JSON 或 NDJSON，按扩展名识别。"),
    ("import server", "服务地址，例如 http://127.0.0.1:8080"),
    ("import kind", "文件的内容：城市或观测值。"),
    ("import set", "给出数据项类型的指标体系，写作 CODE@VERSION；观测值必须给出。"),
    ("import mode", "写入各行，或仅作检查。"),
    ("import on_fault", "遇到有误的行：拒绝整个文件，或略去该行。"),
    ("import mapping", "如何理解该文件：映射文档，或服务中保存的映射的代码；同名文件优先。"),
    ("import period", "未注明时期的观测值的时期。"),
    ("import show", "终端表格中显示的错误数；在管道中每个错误一行。"),
    ("import faults", "将所有错误写到此文件，CSV 或 XLSX，按扩展名识别。"),
    ("import annotated", "将工作簿写回此文件，并在各单元格标出错误。"),
    ("import key", "密钥；最好通过环境变量给出，本机其他用户看不到。"),
    ("cities adopt scheme", "代码体系。"),
    ("cities adopt valid_at", "所需代码的年份，以年末为准；未给出时为现行代码。"),
    ("cities adopt provinces", "省级代码，六位或前两位，可重复；未给出时为全部。"),
    ("keys create name", "使用者或用途。"),
    ("keys create role", "角色：admin、methodologist、evaluator、reporter、viewer 或 expert。"),
    (
        "keys create cities",
        "密钥所限的城市，可重复；reporter 至少需要一个，evaluator 可有（省级审核），expert 可有（本人所在、不予评分的城市），其他角色不需要。",
    ),
    ("keys create expires", "失效时间，例如 2027-01-01T00:00:00Z。"),
    ("oidc check token", "要试的令牌，- 表示从标准输入读取；最好以环境变量等方式给出，同一机器的其他用户看不到。"),
    ("keys revoke id", "密钥的标识，见列表。"),
    ("source", "数据源的代码。"),
    ("sources put file", "数据源文档（JSON）。"),
    ("sources run dry_run", "只抓取和检查，不写入任何观测值。"),
    ("sources run show", "终端表格中显示的错误数；在管道中每个错误一行。"),
    ("sources runs most", "最多列出多少次运行。"),
    ("round", "批次的代码。"),
    ("panel", "专家组的代码。"),
    ("panels close note", "所写每个观测值的备注。"),
    ("designs check file", "档案（JSON）。"),
    ("designs import file", "档案（JSON）。"),
    ("designs import design", "被替换档案的设计；未给出时新建。"),
    ("design", "设计的标识。"),
    ("designs export out", "要写出的文件：JSON 或 XLSX，按扩展名识别；未给出时将 JSON 写到标准输出。"),
    ("designs conformance standard", "标准。"),
    ("designs conformance all", "也显示已满足的条款，而不只是未满足的。"),
    ("designs conformance out", "要写出的文件：CSV、JSON 或 XLSX，按扩展名识别。"),
    ("department", "部门名称；未注明部门的数据项则不给出。"),
    ("comment", "要说明的内容；退回、申诉和答复时必须给出。"),
    ("rounds ranking node", "节点；未给出时为 TOTAL。"),
    ("rounds ranking period", "时期；未给出时为最近的。"),
    ("rounds ranking class", "只要这个类别的城市。"),
    ("rounds ranking across_classes", "跨类别排名，尽管不同指标体系的得分不是同一种度量。"),
    ("rounds ranking publication", "第几次发布，从 1 起；未给出时为最近一次有结果的。"),
    ("rounds ranking out", "要写入的文件，.csv 或 .xlsx；未给出时在标准输出显示表格。"),
    ("rounds publish comment", "要记录的说明。"),
    ("rounds publish incomplete", "尽管并非所有填报单都已核验仍然发布；须以 --comment 说明理由。"),
    ("submissions template period", "批次的某个时期；只有一个时期时可省略。"),
    ("submissions template out", "要写出的工作簿。"),
    ("submissions submit incomplete", "尽管有值缺失而未说明仍然提交；须以 --comment 说明理由。"),
    ("server", "服务地址，例如 http://127.0.0.1:8080"),
    ("key", "密钥；最好通过环境变量给出，本机其他用户看不到。"),
    ("city", "城市代码。"),
    ("keys create departments", "reporter 所限的部门，写指标体系中的名称，可重复。"),
    ("keys create items", "reporter 所限的数据项，可重复。"),
    ("keys create rights", "角色的权利中此密钥所含的一项，如 read_scores；可重复。未给出时为全部。"),
    ("keys create addresses", "密钥可从中使用的网络，如 10.1.0.0/16；可重复。未给出时不限。"),
    ("serve host", "监听的地址 [默认：127.0.0.1]。"),
    ("serve port", "监听的端口，0 为任意端口 [默认：8080]。"),
    ("serve open", "本机上的任何人无需密钥即可以管理员身份使用。"),
    ("rules put file", "校验规则（JSON）：rule 与指标体系文档中相同，另可给出 set 和 enabled。"),
    ("rules remove rule", "规则代码。"),
    ("waivers list city", "只列此城市的豁免。"),
    ("waivers list rule", "只列此规则的豁免。"),
    ("waivers list holding", "只列目前有效的豁免：未撤回且未失效。"),
    ("webhooks create url", "事件发送到的 https 地址。"),
    ("webhooks create events", "事件，例如 assessment.succeeded、round.*，或 * 表示全部；可重复，也可用逗号分隔。"),
    ("webhooks create description", "供人了解的说明。"),
    ("webhook", "网络钩子的标识，见列表。"),
    ("keep_hours", "此前的密钥与新密钥并用多少小时；密钥已泄露时为 0。"),
    ("webhooks deliveries state", "只列此状态的投递：pending、delivered、failed 或 cancelled。"),
    ("webhooks deliveries most", "最多列出多少次投递。"),
    ("delivery", "投递的编号，见列表。"),
    ("webhooks replay since", "自何时起，例如 2026-11-29T00:00:00Z。"),
];

/// The arguments that mean the same in every command.
const SHARED: [(&str, &str); 4] = [
    ("config", "含设置的 TOML 文件。"),
    ("data_dir", "内嵌数据库和产物所在文件夹 [默认：citygauge-data]。"),
    ("database_url", "您自己的数据库：postgres://user:password@host/database"),
    ("out", "要写出的文件；未给出时写到标准输出。"),
];

const TEMPLATE: &str = "{about-with-newline}\n用法：{usage}\n\n{all-args}{after-help}";

/// The command line with its help in Chinese.
pub(super) fn in_chinese(mut command: Command) -> Command {
    command.build();
    translated(command, "")
}

fn translated(command: Command, path: &str) -> Command {
    let name = command.get_name().to_owned();
    let about = about(if path.is_empty() { &name } else { path }).map(str::to_owned);
    let is_root = path.is_empty() && name == "citygauge";
    let command = command.help_template(TEMPLATE).subcommand_help_heading("命令").mut_args(|arg| argument(arg, path));
    let command = match about {
        Some(about) => command.about(about.clone()).long_about(about),
        None => command,
    };
    command.mut_subcommands(|below| {
        let name = below.get_name().to_owned();
        translated(below, &if is_root { name } else { format!("{path} {name}") })
    })
}

fn argument(arg: Arg, path: &str) -> Arg {
    let Some(mut text) = help(path, arg.get_id().as_str()).map(str::to_owned) else { return arg };
    let default: Vec<String> = arg.get_default_values().iter().map(|value| value.to_string_lossy().into_owned()).collect();
    if !default.is_empty() && arg.get_action().takes_values() {
        text.push_str(&format!(" [默认：{}]", default.join(", ")));
    }
    if let Some(variable) = arg.get_env() {
        text.push_str(&format!(" [环境变量：{}]", variable.to_string_lossy()));
    }
    if arg.get_action().takes_values() {
        let known: Vec<String> = arg.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect();
        if !known.is_empty() {
            text.push_str(&format!(" [可选：{}]", known.join(", ")));
        }
    }
    let heading = if arg.is_positional() { "参数" } else { "选项" };
    let arg = arg.help(text.clone()).long_help(text).help_heading(heading);
    arg.hide_default_value(true).hide_env(true).hide_possible_values(true)
}

fn about(path: &str) -> Option<&'static str> {
    let path = path.strip_prefix("help ").filter(|rest| *rest != "help").unwrap_or(path);
    let of = |path: &str| COMMANDS.iter().find(|(known, _)| *known == path).map(|(_, text)| *text);
    // `sets help list` speaks of `sets list`.
    of(path).or_else(|| of(&path.replace(" help ", " "))).or_else(|| path.ends_with("help").then(|| of("help")).flatten())
}

fn help(path: &str, id: &str) -> Option<&'static str> {
    let of = |wanted: &str| ARGUMENTS.iter().chain(&SHARED).find(|(known, _)| *known == wanted).map(|(_, text)| *text);
    of(&format!("{path} {id}")).or_else(|| of(id))
}

/// What clap refuses, in Chinese.
pub(super) fn sentence(error: &Error) -> String {
    let said = |kind| error.get(kind).map(ToString::to_string).unwrap_or_default();
    let (arg, value) = (said(ContextKind::InvalidArg), said(ContextKind::InvalidValue));
    let mut text = match error.kind() {
        ErrorKind::UnknownArgument => format!("未知的参数“{arg}”"),
        ErrorKind::InvalidSubcommand => format!("未知的命令“{}”", said(ContextKind::InvalidSubcommand)),
        ErrorKind::MissingRequiredArgument => format!("缺少必需的参数：{arg}"),
        ErrorKind::MissingSubcommand => "缺少命令".to_owned(),
        ErrorKind::ArgumentConflict => format!("参数“{arg}”重复，或与其他参数冲突 {}", said(ContextKind::PriorArg)),
        ErrorKind::InvalidValue if value.is_empty() => format!("参数“{arg}”缺少值"),
        ErrorKind::NoEquals | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => format!("参数“{arg}”的值的个数不对"),
        ErrorKind::TooManyValues => format!("参数“{arg}”的值“{value}”多余"),
        ErrorKind::InvalidUtf8 => "参数不是有效的 UTF-8".to_owned(),
        _ => format!("参数“{arg}”的值“{value}”无效"),
    };
    let known = said(ContextKind::ValidValue);
    if !known.is_empty() {
        text.push_str(&format!("，可选：{known}"));
    }
    for kind in [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue] {
        let close = said(kind);
        if !close.is_empty() {
            text.push_str(&format!("，是否指“{close}”？"));
        }
    }
    format!("citygauge：{text}\n更多信息见 --help")
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::commands::Cli;

    fn each(command: &Command, path: &str, see: &mut impl FnMut(&Command, &str)) {
        see(command, path);
        for below in command.get_subcommands() {
            let name = below.get_name();
            each(below, &if path.is_empty() { name.to_owned() } else { format!("{path} {name}") }, see);
        }
    }

    fn is_chinese(text: &str) -> bool {
        text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
    }

    #[test]
    fn every_command_and_argument_is_described_in_chinese() {
        let command = in_chinese(Cli::command());
        let mut untold = Vec::new();
        each(&command, "", &mut |command, path| {
            let about = command.get_about().map(ToString::to_string).unwrap_or_default();
            if !is_chinese(&about) {
                untold.push(path.to_owned());
            }
            for arg in command.get_arguments() {
                let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
                if !is_chinese(&help) {
                    untold.push(format!("{path} {}", arg.get_id()));
                }
            }
        });
        assert!(untold.is_empty(), "{untold:#?}");
    }

    #[test]
    fn every_chinese_text_is_of_something() {
        let (mut commands, mut arguments) = (vec!["help help".to_owned()], Vec::new());
        let mut command = Cli::command();
        command.build();
        each(&command, "", &mut |command, path| {
            commands.push(if path.is_empty() { "citygauge".to_owned() } else { path.to_owned() });
            for arg in command.get_arguments() {
                arguments.extend([format!("{path} {}", arg.get_id()), arg.get_id().to_string()]);
            }
        });
        let stale = |texts: &[(&'static str, &str)], known: &[String]| -> Vec<&str> {
            texts.iter().map(|(path, _)| *path).filter(|path| !known.iter().any(|known| known == path)).collect()
        };
        assert!(stale(&COMMANDS, &commands).is_empty(), "{:?}", stale(&COMMANDS, &commands));
        for texts in [&ARGUMENTS[..], &SHARED[..]] {
            assert!(stale(texts, &arguments).is_empty(), "{:?}", stale(texts, &arguments));
        }
    }

    #[test]
    fn help_and_errors_have_no_english_words_of_clap() {
        for words in [vec!["citygauge", "--help"], vec!["citygauge", "demo", "--help"], vec!["citygauge", "sets", "help", "list"]]
        {
            let shown = in_chinese(Cli::command()).try_get_matches_from(words).expect_err("help").to_string();
            assert!(shown.contains("用法：citygauge"), "{shown}");
            for english in ["Usage:", "Options:", "Commands:", "Arguments:", "Print", "[default", "[env"] {
                assert!(!shown.contains(english), "{english} in {shown}");
            }
        }
        let refused = |words: &[&str]| {
            let words = [&["citygauge"], words].concat();
            sentence(&in_chinese(Cli::command()).try_get_matches_from(words).expect_err("refused"))
        };
        assert!(refused(&["--bogus"]).contains("未知的参数“--bogus”"));
        assert!(refused(&["bogus"]).contains("未知的命令“bogus”"));
        assert!(refused(&["assess", "--set", "x"]).contains("缺少必需的参数：--data"));
        assert!(refused(&["--lang", "fr", "openapi"]).contains("值“fr”无效"));
        assert!(refused(&["demo", "--port", "x"]).contains("值“x”无效"));
    }
}
