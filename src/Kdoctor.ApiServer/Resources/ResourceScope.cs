namespace Kdoctor.ApiServer.Resources;

/// <summary>Where names of a resource must be unique.</summary>
public enum ResourceScope
{
    /// <summary>In the whole cluster.</summary>
    Cluster,

    /// <summary>In a namespace.</summary>
    Namespaced,
}
