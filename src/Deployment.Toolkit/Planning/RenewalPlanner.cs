using System.Globalization;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Renewal;
using Deployment.Toolkit.Secrets;
using Deployment.Toolkit.Secrets.Rotation;
using Deployment.Toolkit.Secrets.Sealing;
using Deployment.Toolkit.Steps;

namespace Deployment.Toolkit.Planning;

/// <summary>Plans the renewal of a secret at its issuer, and the end of what it was before.</summary>
internal sealed class RenewalPlanner(DeploymentParts parts, StepCatalog catalog, EnvironmentLedger ledger)
{
    private static readonly TimeSpan LongestGrace = TimeSpan.FromDays(365);

    /// <exception cref="DeploymentException">The secret has no rotator or is not sealed, or readers take it from somewhere
    /// else.</exception>
    internal async Task<DeploymentPlan> RenewAsync(string name, TimeSpan grace, bool keepsOld, CancellationToken cancellationToken)
    {
        var secret = Sealed(name);
        if (grace < TimeSpan.Zero || grace > LongestGrace)
            throw DeploymentException.Refused(
                Codes.SecretInvalid,
                $"Secret '{name}' would stay readable for {grace:c} after its renewal. Give a grace from nothing to {LongestGrace.Days} "
                    + $"days."
            );

        await VerifySecretStep
            .EnsureReadAsync(parts.Resolver, secret.Name, parts.SealedSecrets.Peek(secret.Name, secret.Version), cancellationToken)
            .ConfigureAwait(false);
        var isLive = ledger.Current is not null;
        var takesUp = isLive && await parts.Activator.HasEffectAsync().ConfigureAwait(false);
        var draft = Draft(RunKind.Renew, secret.Name) with
        {
            Risks =
                takesUp || keepsOld
                    ? []
                    :
                    [
                        $"nothing here puts a release live again, so the old one stays valid at the issuer until 'deploy secrets retire "
                            + $"{secret.Name}'",
                    ],
        };

        var data = new Dictionary<string, string>
        {
            [SecretStep.BeforeKey] = secret.Version.ToString(CultureInfo.InvariantCulture),
            [SecretStep.MadeKey] = parts.SealedSecrets.NextVersion(secret.Name).ToString(CultureInfo.InvariantCulture),
            [RenewSecretStep.GraceKey] = grace.ToString("c", CultureInfo.InvariantCulture),
        };
        if (secret.NotBefore is { } begin)
            data[RenewSecretStep.NotBeforeKey] = begin.ToString("O", CultureInfo.InvariantCulture);
        if (secret.ExpiresAt is { } end)
            data[RenewSecretStep.ExpiresKey] = end.ToString("O", CultureInfo.InvariantCulture);

        List<PlannedStep> steps =
        [
            .. await StepsAsync(draft, data, [StepRole.RenewSecret, StepRole.VerifySecret], cancellationToken).ConfigureAwait(false),
        ];
        if (takesUp)
            steps.AddRange(
                await StepsAsync(draft, null, [StepRole.Activate, StepRole.VerifyHealth], cancellationToken).ConfigureAwait(false)
            );
        if (takesUp && !keepsOld)
            steps.AddRange(await StepsAsync(draft, data, [StepRole.RetireSecret], cancellationToken).ConfigureAwait(false));
        // A secret is part of the configuration that the release was verified with.
        if (isLive)
            steps.AddRange(await StepsAsync(draft, null, [StepRole.MarkVerified], cancellationToken).ConfigureAwait(false));
        return PlanHash.Seal(draft with { Steps = steps });
    }

    /// <exception cref="DeploymentException">No renewal left anything to end, or the secret was changed since.</exception>
    internal async Task<DeploymentPlan> RetireAsync(string name, CancellationToken cancellationToken)
    {
        var secret = Sealed(name);
        if (SecretSchedule.Unretired(ledger, secret.Name) is not { } renewal)
            throw DeploymentException.Refused(
                Codes.SecretNotRenewable,
                $"No renewal left an old '{secret.Name}' valid in '{parts.Environment.Name}', so there is nothing to retire. 'deploy "
                    + $"history --environment {parts.Environment.Name}' shows the renewals."
            );

        var data = new Dictionary<string, string>(renewal.Find(RenewSecretStep.StepName)!.Planned.Data, StringComparer.Ordinal)
        {
            [SecretStep.OperationKey] = renewal.Id,
        };
        var made = long.Parse(data[SecretStep.MadeKey], CultureInfo.InvariantCulture);
        SealedRenewal.EnsureNewest(parts.SealedSecrets.List(), secret.Name, made);
        var draft = Draft(RunKind.Retire, secret.Name);
        return PlanHash.Seal(
            draft with
            {
                Steps =
                [
                    .. await StepsAsync(draft, data, [StepRole.VerifySecret, StepRole.RetireSecret], cancellationToken)
                        .ConfigureAwait(false),
                ],
            }
        );
    }

    private SealedSecretInfo Sealed(string name)
    {
        if (parts.Rotators.Find(name) is null)
        {
            throw DeploymentException.Refused(
                Codes.SecretNotRenewable,
                $"Secret '{name}' has no rotator, so its issuer cannot be asked for a new "
                    + $"one.{Suggestion.Sentence(name, parts.Rotators.All.Select(static rotator => rotator.Secret))} Register one with "
                    + $".AddSecretRotator<…>(\"{name}\", …), or put in a value that you have with 'deploy secrets rotate {name}'."
            );
        }

        return SealedRenewal.Newest(parts.SealedSecrets.List(), name)
            ?? throw DeploymentException.Refused(
                Codes.SecretUnknown,
                $"Sealed file '{parts.SealedSecrets.Path}' has no secret '{name}' to renew. Put the first one in with 'deploy secrets "
                    + $"set {name} --environment {parts.Environment.Name}'."
            );
    }

    private DeploymentPlan Draft(RunKind kind, string secret)
    {
        var evidence = ledger.Current?.Evidence;
        var schema = evidence?.Schema ?? [];
        return new DeploymentPlan
        {
            Kind = kind,
            Environment = parts.Environment.Name,
            Release = ledger.Current?.Evidence.Release ?? parts.Release,
            PreviousRelease = ledger.Current?.Evidence.Release,
            Secret = secret,
            Databases = evidence?.Databases is { } databases
                ?
                [
                    .. databases.Select(static database => new PlannedDatabase
                    {
                        Name = database.Name,
                        SchemaBefore = database.Schema,
                        SchemaAfter = database.Schema,
                        SchemaWayBack = SchemaWayBack.Nothing,
                    }),
                ]
                : null,
            SchemaBefore = schema,
            SchemaAfter = schema,
            SchemaWayBack = SchemaWayBack.Nothing,
        };
    }

    private async Task<List<PlannedStep>> StepsAsync(
        DeploymentPlan draft,
        Dictionary<string, string>? data,
        StepRole[] roles,
        CancellationToken cancellationToken
    )
    {
        var steps = new List<PlannedStep>();
        foreach (var role in roles)
        {
            var step = await new Planner(parts).PlanAsync(catalog.Get(role), draft, cancellationToken).ConfigureAwait(false);
            steps.Add(data is null ? step : step with { Data = data });
        }

        return steps;
    }
}
