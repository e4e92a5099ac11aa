using Kdoctor.ApiServer.Resources;
using Kdoctor.ApiServer.Storage;
using Kdoctor.Controller.Admission;
using Kdoctor.Core.Tasks;
using Kdoctor.Core.Tasks.Schemas;

namespace Kdoctor.Cli.Lab;

/// <summary>What the lab's Kubernetes API holds: the three kinds of task, guarded by the one validator, and what tasks name and kubectl expects beside them.</summary>
internal static class LabResources
{
    public static IEnumerable<ApiResource> Create(SqliteObjectStore store)
    {
        var review = new TaskReview(TaskLimits.Lab);
        foreach (var crd in CrdGenerator.Generate())
        {
            var definition = ResourceDefinition.FromCrd(crd);
            yield return new ApiResource(definition, store.Resource(definition)) { Admission = review.ReviewAsync, AdmissionCoversSchema = true };
        }
        yield return new ApiResource(WellKnownResources.Secret, store.Resource(WellKnownResources.Secret)) { Admission = LabObjectRules.AdmitSecretAsync };
        yield return new ApiResource(WellKnownResources.ConfigMap, store.Resource(WellKnownResources.ConfigMap)) { Admission = LabObjectRules.AdmitConfigMapAsync };
        foreach (var definition in new[] { WellKnownResources.Service, WellKnownResources.EndpointSlice })
            yield return new ApiResource(definition, store.Resource(definition));
        foreach (var definition in new[] { WellKnownResources.Namespace, WellKnownResources.Event })
            yield return new ApiResource(definition, store.Resource(definition, WhenFull.DropOldest));
    }
}
