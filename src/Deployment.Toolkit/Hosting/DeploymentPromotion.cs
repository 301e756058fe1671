using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Hosting;

namespace Deployment.Toolkit;

/// <summary>
/// What people say of a release that wants to enter the host's environment. What can go wrong comes back as a result. Safe to call from
/// many
/// threads.
/// </summary>
public sealed class DeploymentPromotion
{
    private readonly DeploymentPartsFactory _factory;

    internal DeploymentPromotion(DeploymentPartsFactory factory) => _factory = factory;

    /// <summary>
    /// Approves the release as it would be brought now: this build, these migrations, this configuration, these steps. When one of them
    /// changes, it counts no more; neither does it once the release has entered, or past its time.
    /// </summary>
    /// <param name="request">The release, and what was looked at.</param>
    /// <param name="cancellationToken">Cancels waiting for the lock.</param>
    /// <returns>Succeeded; nothing to do where it was approved already; refused with all reasons.</returns>
    public Task<DeploymentResult> ApproveAsync(ApproveRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return DeploymentGuard.RunAsync(
            _factory,
            environment => new Approving(_factory, environment).GiveAsync(request, cancellationToken),
            cancellationToken
        );
    }

    /// <summary>
    /// Takes back what whoever calls has approved of the release, and puts it on hold, so that others' approvals don't let it in either.
    /// </summary>
    /// <param name="request">The release, and why.</param>
    /// <param name="cancellationToken">Cancels waiting for the lock.</param>
    /// <returns>Succeeded.</returns>
    public Task<DeploymentResult> RejectAsync(RejectRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentException.ThrowIfNullOrWhiteSpace(request.Reason, nameof(request));
        return DeploymentGuard.RunAsync(
            _factory,
            environment => new Approving(_factory, environment).TakeBackAsync(request, cancellationToken),
            cancellationToken
        );
    }

    /// <summary>The environment's checklist, as it stands for a release.</summary>
    /// <param name="release">The release; <see langword="null"/> for the entry assembly's.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The items in the order of their declaration; none where the environment has no checklist.</returns>
    /// <exception cref="DeploymentException">The journal cannot be trusted.</exception>
    public Task<IReadOnlyList<ChecklistItem>> GetChecklistAsync(string? release = null, CancellationToken cancellationToken = default) =>
        new Checklist(_factory, _factory.Environment).ListAsync(release, cancellationToken);

    /// <summary>Ticks an item of the environment's checklist for one build of a release, or takes a tick back.</summary>
    /// <param name="request">The item, and what there is to say.</param>
    /// <param name="cancellationToken">Cancels waiting for the lock.</param>
    /// <returns>Succeeded; nothing to do where it stands so already.</returns>
    public Task<DeploymentResult> TickAsync(TickRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return DeploymentGuard.RunAsync(
            _factory,
            environment => new Checklist(_factory, environment).TickAsync(request, cancellationToken),
            cancellationToken
        );
    }

    /// <summary>Who is in the environment's list of approvers.</summary>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="DeploymentException">The journal cannot be trusted.</exception>
    public Task<IReadOnlyList<ApproverInfo>> GetApproversAsync(CancellationToken cancellationToken = default) =>
        new Approvers(_factory, _factory.Environment).ListAsync(cancellationToken);

    /// <summary>
    /// Adds somebody to the environment's list of approvers. From the first key in it on, only who has a key in it changes it, and signs
    /// that.
    /// </summary>
    /// <param name="request">Who, as what, and with which key.</param>
    /// <param name="cancellationToken">Cancels waiting for the lock.</param>
    /// <returns>Succeeded, or refused.</returns>
    public Task<DeploymentResult> AddApproverAsync(AddApproverRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return DeploymentGuard.RunAsync(
            _factory,
            environment => new Approvers(_factory, environment).AddAsync(request, cancellationToken),
            cancellationToken
        );
    }

    /// <summary>Takes somebody out of the environment's list of approvers. What they have approved counts no more where it asks for the
    /// list.</summary>
    /// <param name="request">Who, and why.</param>
    /// <param name="cancellationToken">Cancels waiting for the lock.</param>
    /// <returns>Succeeded, or refused.</returns>
    public Task<DeploymentResult> RemoveApproverAsync(RemoveApproverRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentException.ThrowIfNullOrWhiteSpace(request.Reason, nameof(request));
        return DeploymentGuard.RunAsync(
            _factory,
            environment => new Approvers(_factory, environment).RemoveAsync(request, cancellationToken),
            cancellationToken
        );
    }

    /// <summary>
    /// Says that somebody else than who broke the environment's glass has looked at what was done; until then nothing enters.
    /// </summary>
    /// <param name="request">For which run, and what was found.</param>
    /// <param name="cancellationToken">Cancels waiting for the lock.</param>
    /// <returns>Succeeded; nothing to do where it is reviewed already; refused to who broke it.</returns>
    public Task<DeploymentResult> ReviewAsync(ReviewRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentException.ThrowIfNullOrWhiteSpace(request.Reason, nameof(request));
        return DeploymentGuard.RunAsync(
            _factory,
            environment => new GlassReview(_factory, environment).ReviewAsync(request, cancellationToken),
            cancellationToken
        );
    }
}
