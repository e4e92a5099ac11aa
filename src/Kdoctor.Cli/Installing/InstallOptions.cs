using System.CommandLine;
using System.CommandLine.Parsing;
using Kdoctor.Cli.Output;
using Kdoctor.Core.Deployment;

namespace Kdoctor.Cli.Installing;

/// <summary>The options of <c>kdoctor install</c>.</summary>
internal sealed class InstallOptions
{
    private const int MostReplicas = 9;

    private readonly Option<string> space = new("--namespace", "-n")
    {
        Description = "The namespace to install into; it is made where it is missing.",
        HelpName = "NAME",
        DefaultValueFactory = _ => new InstallChoices().Namespace,
    };

    private readonly Option<string?> registry = new("--image-registry") { Description = "Stands before the names of both images, for example REGISTRY/PROJECT.", HelpName = "PREFIX" };
    private readonly Option<string?> agentImage = new("--agent-image") { Description = "The agents' image.", HelpName = "IMAGE" };
    private readonly Option<string?> controllerImage = new("--controller-image") { Description = "The controller's image.", HelpName = "IMAGE" };
    private readonly Option<string[]> pullSecrets = new("--image-pull-secret") { Description = "A Secret with which images are pulled. May be given several times.", HelpName = "NAME" };

    private readonly Option<int> replicas = new("--replicas")
    {
        Description = "How many controllers; more than one share a PostgreSQL.",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
    };

    private readonly Option<string?> postgres = new("--postgres-secret")
    {
        Description = "The Secret, in the same namespace, with the connection string of a PostgreSQL for rounds; its key is 'connection' unless named.",
        HelpName = "NAME[/KEY]",
    };

    private readonly Option<string?> storage = new("--storage") { Description = "The size of a volume for rounds, for example 2Gi; without it they live as long as the controller's pod.", HelpName = "SIZE" };
    private readonly Option<string?> storageClass = new("--storage-class") { Description = "The class of that volume; default: the cluster's.", HelpName = "NAME" };

    private readonly Option<string> serviceType = new("--service-type")
    {
        Description = "The type of the agents' Services.",
        HelpName = "LoadBalancer|NodePort|ClusterIP",
        DefaultValueFactory = _ => new InstallChoices().ServiceType,
    };

    private readonly Option<IpFamilies> families = new("--ip-families")
    {
        Description = "The families of the agents' Services; auto asks the cluster which it has, and stands for ipv4 in a dry run.",
        HelpName = "auto|ipv4|ipv6|dual",
        DefaultValueFactory = _ => IpFamilies.Auto,
    };

    private readonly Option<bool> noIngress = new("--no-ingress") { Description = "Without the agents' Ingress." };
    private readonly Option<string?> ingressClass = new("--ingress-class") { Description = "The class of the agents' Ingress; default: the cluster's.", HelpName = "NAME" };
    private readonly Option<string?> ingressHost = new("--ingress-host") { Description = "The host of the agents' Ingress, for an ingress controller that others use too; default: any.", HelpName = "NAME" };
    private readonly Option<string?> ingressTls = new("--ingress-tls-secret") { Description = "A Secret in the installation's namespace with the certificate for the Ingress's host: it is asked over HTTPS.", HelpName = "NAME" };
    private readonly Option<bool> hostNetwork = new("--host-network") { Description = "The default agents live on their nodes' own network, which Pod Security 'restricted' forbids: the namespace is labelled 'privileged'." };
    private readonly Option<bool> allowHostNetwork = new("--allow-host-network") { Description = "Tasks may have agents of their own on the nodes' own network; the namespace is labelled 'privileged'." };
    private readonly Option<string[]> multus = new("--multus-network") { Description = "A network that Multus adds to every agent. May be given several times.", HelpName = "NAMESPACE/NAME" };
    private readonly Option<string[]> secrets = new("--allow-secrets-in") { Description = "A namespace whose Secrets and ConfigMaps tasks may name. May be given several times.", HelpName = "NAMESPACE" };
    private readonly Option<string?> settings = new("--settings") { Description = "A file with the controller's settings.", HelpName = "FILE" };
    private readonly Option<bool> policies = new("--network-policies") { Description = "With NetworkPolicies that say who may connect to the pods." };

    private readonly Option<bool> nodePort = new("--controller-node-port")
    {
        Description = "With a node port for the agents' streams: an agent whose node is cut off from the controller's goes through another one. It listens on every node; who connects must prove to be an agent.",
    };

    private readonly Option<int> timeout = new("--timeout")
    {
        Description = "For how many seconds to wait until the installation is ready; 0 to apply the objects only.",
        HelpName = "SECONDS",
        DefaultValueFactory = _ => 180,
    };

    private readonly Option<bool> dryRun = new("--dry-run") { Description = "Print the objects and change nothing; no cluster is asked." };
    private readonly Option<ObjectFormat> format = new("--output", "-o") { Description = "How a dry run prints.", HelpName = "yaml|json", DefaultValueFactory = _ => ObjectFormat.Yaml };
    private readonly Option<string?> kubeconfig = OutputOptions.Kubeconfig("The file that names the cluster; default: kubectl's own choice.");
    private readonly Option<string?> context = OutputOptions.Context();

    public IEnumerable<Option> All =>
    [
        space, registry, agentImage, controllerImage, pullSecrets, replicas, postgres, storage, storageClass, serviceType, families, noIngress, ingressClass,
        ingressHost, ingressTls, hostNetwork, allowHostNetwork, multus, secrets, settings, policies, nodePort, timeout, dryRun, format, kubeconfig, context,
    ];

    /// <summary>All that is wrong with the choices, at once.</summary>
    public void Check(CommandResult result)
    {
        // Only what was given is looked at: defaults are right.
        var many = Given(result, replicas, 1);
        if (many is < 1 or > MostReplicas)
            result.AddError($"--replicas {many}: there are 1 to {MostReplicas} controllers");
        if (many > 1 && result.GetValue(postgres) is null)
            result.AddError($"--replicas {many}: several controllers must share their rounds; name the Secret of a PostgreSQL with --postgres-secret");
        if (result.GetValue(postgres) is not null && result.GetValue(storage) is not null)
            result.AddError("--storage: the volume is for SQLite; leave it out with --postgres-secret");
        if (result.GetValue(storageClass) is not null && result.GetValue(storage) is null)
            result.AddError("--storage-class: there is no volume without --storage");
        if (result.GetValue(storage) is { } size && !ObjectRules.IsQuantity(size))
            result.AddError($"--storage {size}: a size is a number with a unit, for example 2Gi");
        foreach (var option in new[] { agentImage, controllerImage }.Where(option => result.GetValue(option) is { } image && !ObjectRules.IsImage(image)))
            result.AddError($"{option.Name} {result.GetValue(option)}: an image is named for example REGISTRY/PROJECT/NAME:TAG, without a scheme, the path in lower case");
        if (result.GetValue(registry) is { } prefix && !ObjectRules.IsImage($"{prefix.TrimEnd('/')}/name"))
            result.AddError($"--image-registry {prefix}: a prefix is for example REGISTRY/PROJECT, without a scheme, the path in lower case");
        if (Given(result, serviceType, null) is { } type && type is not ("LoadBalancer" or "NodePort" or "ClusterIP"))
            result.AddError($"--service-type {type}: it is LoadBalancer, NodePort or ClusterIP");
        foreach (var option in new[] { ingressClass, ingressHost, ingressTls }.Where(option => result.GetValue(noIngress) && result.GetValue(option) is not null))
            result.AddError($"{option.Name}: there is no Ingress with --no-ingress");
        if (result.GetValue(ingressHost) is { } host && !ObjectRules.IsIngressHost(host))
            result.AddError($"--ingress-host {host}: a host is a DNS name in lower case, for example echo.example.com or *.example.com");
        if (result.GetValue(ingressTls) is not null && result.GetValue(ingressHost) is null)
            result.AddError("--ingress-tls-secret: name the host that its certificate is for with --ingress-host");
        if (Given(result, timeout, 0) is < 0 and var seconds)
            result.AddError($"--timeout {seconds}: a number of seconds, or 0 not to wait");
        foreach (var (option, name) in result.GetValue(secrets).Names("--allow-secrets-in").Append(("--namespace", Given(result, space, null) ?? ClusterNames.Namespace)))
        {
            if (!ObjectRules.IsName(name))
                result.AddError($"{option} {name}: a namespace's name has lower-case letters, digits and '-', at most {ObjectRules.LongestName}");
        }
        foreach (var (option, name) in result.GetValue(multus).Names("--multus-network"))
        {
            if (name.Split('/') is not [var where, var what] || !ObjectRules.IsName(where) || !ObjectRules.IsName(what))
                result.AddError($"{option} {name}: a network is named NAMESPACE/NAME");
        }
    }

    public InstallRequest Read(ParseResult parsed) => new(
        new InstallChoices
        {
            Namespace = parsed.GetRequiredValue(space),
            AgentImage = parsed.GetValue(agentImage),
            ControllerImage = parsed.GetValue(controllerImage),
            ImageRegistry = parsed.GetValue(registry),
            ImagePullSecrets = [.. parsed.GetValue(pullSecrets) ?? []],
            Replicas = parsed.GetValue(replicas),
            Postgres = parsed.GetValue(postgres)?.Split('/', 2) is { } secret ? new SecretKey(secret[0], secret.ElementAtOrDefault(1) ?? "connection") : null,
            StorageSize = parsed.GetValue(storage),
            StorageClass = parsed.GetValue(storageClass),
            ServiceType = parsed.GetRequiredValue(serviceType),
            Ingress = !parsed.GetValue(noIngress),
            IngressClass = parsed.GetValue(ingressClass),
            IngressHost = parsed.GetValue(ingressHost),
            IngressTlsSecret = parsed.GetValue(ingressTls),
            HostNetwork = parsed.GetValue(hostNetwork),
            AllowHostNetwork = parsed.GetValue(allowHostNetwork),
            MultusNetworks = [.. parsed.GetValue(multus) ?? []],
            SecretNamespaces = [.. parsed.GetValue(secrets) ?? []],
            NetworkPolicies = parsed.GetValue(policies),
            ControllerNodePort = parsed.GetValue(nodePort),
            Given = [.. All.Except([space, timeout, dryRun, format, kubeconfig, context]).SelectMany(option => Words(parsed, option))],
        },
        parsed.GetValue(settings),
        parsed.GetValue(families),
        TimeSpan.FromSeconds(parsed.GetValue(timeout)),
        parsed.GetValue(dryRun) ? parsed.GetValue(format) : null,
        parsed.GetValue(kubeconfig),
        parsed.GetValue(context));

    // An option as it was given, once for each value; nothing where it says what is so anyway.
    private static IEnumerable<string> Words(ParseResult parsed, Option option)
    {
        if (parsed.GetResult(option) is not { Implicit: false } given)
            return [];
        if (option is Option<bool> flag)
            return parsed.GetValue(flag) ? [option.Name] : [];
        var usual = option.HasDefaultValue ? option.GetDefaultValue()?.ToString() : null;
        return given.Tokens.Where(token => !token.Value.Equals(usual, StringComparison.OrdinalIgnoreCase)).Select(token => $"{option.Name} {token.Value}");
    }

    private static T? Given<T>(CommandResult result, Option<T> option, T? otherwise) =>
        result.GetResult(option) is { Implicit: false } given ? given.GetValueOrDefault<T>() : otherwise;
}
