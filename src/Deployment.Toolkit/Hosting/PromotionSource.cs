using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Promotion;

namespace Deployment.Toolkit.Hosting;

/// <summary>Finds the release that is to be promoted: the one that is verified where it comes from, if this binary is that.</summary>
internal sealed class PromotionSource(DeploymentPartsFactory factory, DeploymentEnvironment environment)
{
    /// <returns>The release, written in full.</returns>
    /// <exception cref="DeploymentException">There is none, or another one is wanted: every reason at once.</exception>
    internal async Task<string> FindAsync(PromoteRequest request, CancellationToken cancellationToken)
    {
        var graph = factory.Model.Environments;
        var faults = new List<DeploymentMessage>();
        if (request.To is { } to && graph.Find(to) != environment)
            Fault(
                graph.Find(to) is null
                    ? graph.Unknown(to).Text
                    : $"The host was built for '{environment.Name}', and what is to be promoted goes to '{to}'. Run 'deploy promote --environment {to}'."
            );
        if (environment.PromotedFrom is not { } name)
        {
            Fault(
                $"'{environment.Name}' is promoted from nowhere: anything may enter it. Run 'deploy up --environment {environment.Name}', or say in "
                    + $"AddEnvironments from where with .PromotedFrom(\"…\")."
            );
            throw new DeploymentException(DeploymentOutcome.Refused, faults);
        }

        var source = graph.Get(name);
        if (request.From is { } from && graph.Find(from) != source)
            Fault(
                $"'{environment.Name}' is promoted from '{source.Name}', not from '{from}'. Nothing was begun. Run 'deploy promote --from {source.Name} "
                    + $"--environment {environment.Name}'."
            );
        if (faults.Count > 0)
            throw new DeploymentException(DeploymentOutcome.Refused, faults);

        var own = factory.ReleaseOf(request.Release);
        // What it may skip, its gates know; where it comes from, nothing has to be verified.
        if (request.IsHotfix)
            return own.ToFullString();

        var ledger = await factory.ReadLedgerAsync(source, cancellationToken).ConfigureAwait(false);
        if (ledger.Current?.Evidence.Release is not { } verified)
        {
            // Where that journal is not here, a bundle of it may be; what it says of the migrations is the gate's to compare.
            var target = await factory.ReadLedgerAsync(environment, cancellationToken).ConfigureAwait(false);
            var (bundle, why) = factory.Evidence.Find(target, source.Name, own, null);
            if (bundle is not null)
                return own.ToFullString();
            if (ledger.IsElsewhere)
                throw Refused(JournalElsewhere.Of(own, environment, source, why));

            throw Refused(
                $"'{source.Name}' has no verified release that could be promoted to '{environment.Name}'. Run 'deploy up --environment {source.Name}' "
                    + "first."
            );
        }

        // Whoever names a version alone means the build of it that is verified.
        if (own == verified || (request.Release is not null && own.Means(verified)))
            return verified.ToFullString();

        throw Refused(
            $"'{source.Name}' has release {verified} verified, and this binary is {own}. Nothing was begun. Promote with the build of {verified}, or "
                + $"verify this one first with 'deploy up --environment {source.Name}'."
        );

        void Fault(string text) => faults.Add(new DeploymentMessage(Codes.NotPromotable, text));
    }

    private static DeploymentException Refused(string text) => DeploymentException.Refused(Codes.NotPromotable, text);
}
